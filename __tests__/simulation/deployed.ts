/** What Terraform would deploy: names, and the settings of the auth handler. */
import type { AuthParameter } from "../../session/settings";
import { HOST } from "./gate";
import type { Profile } from "./profile";
import type { IdentityProvider } from "./services/identity-provider";

export const NAME = "example";
export const ACCOUNT = "111122223333";
export const TABLES = { sessionsTable: `${NAME}-sessions`, revocationsTable: `${NAME}-revocations` };
export const STORE_ARN = `arn:aws:cloudfront::${ACCOUNT}:key-value-store/0a1b2c3d-0000-1111-2222-333344445555`;
export const AUTH = `${NAME}-auth`;

/** What the auth handler reads from Parameter Store. */
export function authSettings(provider: IdentityProvider, profile: Profile): AuthParameter {
  return {
    version: 1,
    basePath: "/_gate",
    hosts: [HOST],
    session: profile.session,
    identityProviders: {
      main: {
        label: "Main",
        issuer: provider.issuer,
        clientId: provider.clientId,
        clientAuthentication: "none",
        scopes: ["openid", "email", "offline_access"],
        roles: { grant: ["staff"] },
      },
    },
    eventTransmitters: {},
    onReuse: profile.onReuse,
    claims: [],
    theme: { productName: "Example", accentColor: "#2456c7" },
    aws: {
      sessionKeysSecret: `${NAME}/session-keys`,
      clientSecretPrefix: `${NAME}/idp/`,
      ...TABLES,
      revocationQueue: `${NAME}-revocations`,
      signOutQueue: `${NAME}-sign-outs`,
    },
  };
}
