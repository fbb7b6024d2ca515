/** Apps in Microsoft Entra that tests share. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { entraAppSchema, type EntraAppInput } from "../../config/entra-app";
import { EntraStack, type EntraStackProps } from "../../stacks/identity/entra/entra-stack";

const FOLDER = mkdtempSync(join(tmpdir(), "edgegate-entra-"));
afterAll(() => rmSync(FOLDER, { recursive: true }));

/** Object IDs, told apart by their last digit. */
export const id = (digit: number) => `8d1f6b1e-0c0a-4c0e-9c55-2f4f0d6f7a1${digit}`;
export const TENANT = "11112222-3333-4444-5555-666677778888";
export const OTHER_TENANT = "99992222-3333-4444-5555-666677778888";

export const FEDERATED = {
  issuer: "https://0a1b2c3d-0000-1111-2222-333344445555.tokens.sts.global.api.aws",
  subject: "arn:aws:iam::111122223333:role/wiki-auth",
};

/** As little as an app needs. */
export const SMALL_APP = { credential: FEDERATED } satisfies EntraAppInput;

/** Uses every option. */
export const EVERY_OPTION = {
  displayName: "Everything ${not a template} – für alle",
  homeTenant: TENANT,
  credential: { type: "federated", ...FEDERATED },
  owners: [id(1), id(2)],
  assignmentRequired: true,
  assignments: { admin: { groups: [id(3)], users: [id(4), id(5)] }, "ops@example.com": { groups: [id(3)] } },
  signedIn: { groups: [id(6)] },
  adminConsent: true,
  apiScope: "wiki.read",
  groupClaims: "assigned",
  conditionalAccess: { mfa: "enforced", exclude: { groups: [id(7)], users: [id(8)] } },
  notes: "Ask %{platform} before you change anything",
  state: { bucket: "tenant-state", key: "apps/wiki.tfstate", region: "eu-central-1" },
} satisfies Required<EntraAppInput>;

type Props = Partial<Omit<EntraStackProps, "app">> & { app?: EntraAppInput };

export const STACK = "wiki-entra";

/** @returns the folder of the synthesized stack */
export function synthesizeEntra(props?: Props): string {
  return join(
    synthesizeApp((app) => void entraStack(app, props)),
    STACK,
  );
}

/** @returns the folder of the synthesized stacks */
export function synthesizeApp(build: (app: App) => void): string {
  const outdir = mkdtempSync(join(FOLDER, "app-"));
  const app = new App({ outdir: join(outdir, "cdktf.out"), stackTraces: false });
  build(app);
  app.synth();
  return join(outdir, "cdktf.out/stacks");
}

export function entraStack(scope: App, { app = SMALL_APP, ...more }: Props = {}): EntraStack {
  return new EntraStack(scope, STACK, {
    name: "wiki",
    provider: "main",
    hosts: ["wiki.example.com", "docs.example.com"],
    basePath: "/_gate",
    roles: ["admin", "ops@example.com"],
    tenants: [TENANT],
    app: entraAppSchema.parse(app),
    ...more,
  });
}
