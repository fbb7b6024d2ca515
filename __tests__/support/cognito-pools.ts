/** Pools for tests: as little as one needs, every setting once, and a stack of its own for one. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import { cognitoPoolSchema, type CognitoPoolInput } from "../../config/cognito-pool";
import { CognitoStack, type CognitoStackProps } from "../../stacks/identity/cognito/cognito-stack";

export const SMALL_POOL = { domain: { prefix: "acme-wiki" } } satisfies CognitoPoolInput;

/** Each setting differs from its default. Those that exclude each other are in {@link OTHERWISE}. */
export const EVERY_SETTING = {
  region: "eu-central-1",
  domain: {
    name: "login.example.com",
    certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000-1111-2222-333344445555",
    hostedZoneId: "Z0123456789ABCDEFGHIJ",
  },
  mfa: "optional",
  passkeys: true,
  selfSignUp: true,
  passwords: { minimumLength: 20, invitationDays: 1 },
  tokens: { validity: "5m", refresh: "12h" },
  deletionProtection: false,
  threatProtection: "enforced",
  email: {
    from: "login@example.com",
    identityArn: "arn:aws:ses:eu-central-1:111122223333:identity/example.com",
    replyTo: "help@example.com",
  },
  branding: "cognito",
  federation: {
    corp: { type: "saml", metadataUrl: "https://login.corp.example/metadata.xml" },
    partner: {
      type: "oidc",
      issuer: "https://login.partner.example",
      clientId: "acme",
      clientSecretName: "acme/partner-client-secret",
      clientSecretVersionId: "0a1b2c3d-0000-1111-2222-333344445555",
      scopes: ["openid", "email"],
      attributes: { email: "mail", given_name: "first_name" },
    },
  },
  resourceServer: {
    identifier: "https://api.example.com",
    scopes: { read: "Reads ${everything}", write: 'Writes "all"' },
  },
  machineClients: { "nightly-report": { scopes: ["read"] }, importer: { scopes: ["read", "write"] } },
  preTokenHookArn: "arn:aws:lambda:eu-central-1:111122223333:function:add-groups:live",
} satisfies CognitoPoolInput;

/** What a setting needs beside it. */
export const NEEDS: Partial<Record<keyof CognitoPoolInput, Partial<CognitoPoolInput>>> = {
  passkeys: { mfa: "optional" },
  threatProtection: { email: EVERY_SETTING.email },
  machineClients: { resourceServer: EVERY_SETTING.resourceServer },
  localUsers: { federation: { corp: EVERY_SETTING.federation.corp } },
  preTokenHookArn: { region: "eu-central-1" },
};

/** Values that no other setting of {@link EVERY_SETTING} goes with. */
export const OTHERWISE = { localUsers: false } satisfies Partial<CognitoPoolInput>;

/** A gateway's props, but for what a test is about. */
export function cognitoProps(pool: CognitoPoolInput, more: Partial<CognitoStackProps> = {}): CognitoStackProps {
  return {
    name: "wiki",
    hosts: ["wiki.example.com", "docs.example.com"],
    basePath: "/_gate",
    provider: "main",
    roles: ["admin", "staff"],
    pool: cognitoPoolSchema.parse(pool),
    hasClientSecret: false,
    accentColor: "#2456c7",
    ...more,
  };
}

/** @returns the folder that Terraform runs in */
export function synthesizeCognito(outdir: string, props: CognitoStackProps): string {
  mkdirSync(outdir, { recursive: true });
  const app = new App({ outdir, stackTraces: false });
  const stack = new CognitoStack(app, "pool", props);
  app.synth();
  return join(outdir, "stacks", stack.node.id);
}
