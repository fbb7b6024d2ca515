/** A gateway takes client ID and issuer from the stacks that make them, and knows nothing else of them. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../../config/load";
import type { ConfigInput } from "../../../config/schema";
import { synthesize } from "../../../stacks/synthesize";

const TENANT = "8eaef023-2b34-4da1-9baa-8bc8c9d6a490";
const CONFIG: ConfigInput = {
  name: "wiki",
  domain: "wiki.example.com",
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  origin: { type: "s3" },
  identityProviders: {
    corp: {
      profile: "entra",
      tenants: [TENANT],
      roles: { grant: ["admin"] },
      clientAuthentication: { method: "aws_assertion" },
      app: {
        credential: {
          issuer: "https://0a1b2c3d-0000-1111-2222-333344445555.tokens.sts.global.api.aws",
          subject: "arn:aws:iam::111122223333:role/wiki-auth",
        },
      },
    },
    people: { profile: "cognito", roles: { grant: [] }, pool: { domain: { prefix: "acme-wiki" } } },
    brought: { issuer: "https://login.example.com", clientId: "${wiki}", roles: { grant: [] } },
  },
  policy: [
    { path: "/admin/**", allow: { roles: ["admin"], idp: ["corp"] } },
    { path: "/**", allow: "signed-in" },
  ],
};

interface StackJson {
  locals: { auth_settings: { identityProviders: Record<string, { clientId: string; issuer: string }> } };
  output: Record<string, { value: string }>;
  data?: { terraform_remote_state: Record<string, { config: { path: string } }> };
  terraform: { backend: { local: { path: string } } };
}

const outdir = mkdtempSync(join(tmpdir(), "edgegate-identity-"));
afterAll(() => rmSync(outdir, { recursive: true }));

const synthesized = synthesize(parseConfig(CONFIG), { outdir });
const read = (stack: string) =>
  JSON.parse(readFileSync(join(outdir, "stacks", stack, "cdk.tf.json"), "utf8")) as StackJson;
const gateway = read("wiki");

/** The expression behind a reference to another stack. */
function resolved(reference: string): { stack: string; expression: string } {
  const [, input, output] =
    /\$\{data\.terraform_remote_state\.cross-stack-reference-input-([\w-]+)\.outputs\.([\w-]+)\}$/.exec(reference)!;
  return { stack: input!, expression: read(input!).output[output!]!.value };
}

test("the stacks are the gateway's and one for each client that Terraform makes", () => {
  expect(synthesized).toMatchObject({
    stackName: "wiki",
    identityStacks: ["wiki-entra-corp", "wiki-cognito-people"],
  });
});

test("client ID and issuer are references to what the other stacks make", () => {
  const { corp, people } = gateway.locals.auth_settings.identityProviders;
  expect(resolved(corp!.clientId)).toEqual({
    stack: "wiki-entra-corp",
    expression: "${azuread_application_registration.application.client_id}",
  });
  expect(corp!.issuer).toBe(`https://login.microsoftonline.com/${TENANT}/v2.0`);
  expect(resolved(people!.clientId)).toEqual({
    stack: "wiki-cognito-people",
    expression: "${aws_cognito_user_pool_client.client.id}",
  });
  expect(people!.issuer.replace(/\$\{.*\}$/, "")).toBe("https://");
  expect(resolved(people!.issuer).expression).toBe("${aws_cognito_user_pool.pool.endpoint}");
});

test("a value of the config stays a value, even if it looks like a reference", () => {
  expect(gateway.locals.auth_settings.identityProviders["brought"]!.clientId).toBe("$${wiki}");
});

test("each stack reads the state that the other writes", () => {
  const paths = Object.values(gateway.data!.terraform_remote_state).map(({ config }) => config.path);
  expect(paths.sort()).toEqual(
    synthesized.identityStacks.map((stack) => read(stack).terraform.backend.local.path).sort(),
  );
});

test("the other stacks know nothing of the gateway's", () => {
  expect(synthesized.identityStacks.map((stack) => read(stack).data?.terraform_remote_state)).toEqual([
    undefined,
    undefined,
  ]);
});
