/**
 * A local edge whose identity provider is another company's: it was started by itself and has a certificate of its own.
 */
import type { Certificate } from "../../local/certificate";
import { startIdentityProvider } from "../../local/identity-provider";
import { configSchema } from "../../config/schema";
import { withForeignProvider } from "../../local/local-config";
import type { LocalEdge } from "../../local/local-edge";
import { demoUsers, type User } from "../../local/users";
import { freePort } from "./free-port";
import { startTestEdge, TEST_CONFIG } from "./local-edge";

export interface ForeignEdge {
  edge: LocalEdge;
  /** Who can sign in at the identity provider. */
  users: User[];
  close(): Promise<void>;
}

/**
 * @param certificate of the identity provider, for `localhost`; it trusts no other
 * @param backchannelLogoutUri where it sends logout tokens; the edge itself, whose certificate it does not trust, where
 *   absent
 */
export async function startForeignEdge(certificate: Certificate, backchannelLogoutUri?: string): Promise<ForeignEdge> {
  const port = await freePort();
  const url = `https://app.localhost:${port}`;
  const users = demoUsers(["admin", "staff"]);
  const client = {
    id: "other",
    secret: "other-secret",
    authentication: "client_secret_basic" as const,
    redirectUris: [`${url}/_gate/callback/main`],
    postLogoutRedirectUris: [`${url}/_gate/signed-out`],
    claims: Object.fromEntries(
      users.map(({ id, name, roles }) => [id, { name, roles, email: `${id}@example.com`, email_verified: true }]),
    ),
    backchannelLogoutUri: backchannelLogoutUri ?? `${url}/_gate/backchannel-logout/main`,
  };
  const provider = await startIdentityProvider({
    ...certificate,
    clients: [client],
    users,
    claims: [],
  });
  // Handlers are restarted while the edge runs, so it stays set until the edge ends.
  process.env["NODE_EXTRA_CA_CERTS"] = certificate.caFile;
  const edge = await startTestEdge({
    ...withForeignProvider(configSchema.parse(TEST_CONFIG), {
      issuer: provider.issuer,
      clientId: client.id,
      clientSecret: client.secret,
    }),
    port,
  });
  return {
    edge,
    users,
    close: async () => {
      delete process.env["NODE_EXTRA_CA_CERTS"];
      await edge.close();
      await provider.close();
    },
  };
}
