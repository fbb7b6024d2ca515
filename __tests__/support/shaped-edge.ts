/**
 * A local edge whose identity providers say of their users what Entra ID and Cognito would say. All of them are the
 * certified local provider, which the test can tell what to say.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configSchema, type ConfigInput } from "../../config/schema";
import { makeCertificate } from "../../local/certificate";
import { startIdentityProvider, type IdentityProvider } from "../../local/identity-provider";
import type { LocalEdge } from "../../local/local-edge";
import { freePort } from "./free-port";
import { startTestEdge, TEST_CONFIG } from "./local-edge";

/** By ID, without issuer and client ID. */
export type ShapedProviders = Record<string, Partial<ConfigInput["identityProviders"][string]>>;

/** By the ID of the provider and by the user's. */
export type ShapedClaims = Record<string, Record<string, Record<string, unknown>>>;

export interface ShapedEdge {
  edge: LocalEdge;
  /** What a provider says about a user from now on, besides what it said so far. */
  change(provider: string, user: string, claims: Record<string, unknown>): Promise<void>;
  close(): Promise<void>;
}

/** A page that people open by signing in at a certain provider. */
export function pathOf(provider: string): string {
  return `/at/${provider}/page`;
}

export async function startShapedEdge(providers: ShapedProviders, shaped: ShapedClaims): Promise<ShapedEdge> {
  const claims = structuredClone(shaped);
  const folder = mkdtempSync(join(tmpdir(), "edgegate-test-"));
  const certificate = await makeCertificate(folder, ["localhost"]);
  const port = await freePort();
  const gateway = `https://app.localhost:${port}/_gate`;
  const ids = Object.keys(providers);
  const users = [...new Set(Object.values(claims).flatMap(Object.keys))];
  const secret = "shaped-secret";
  const provider: IdentityProvider = await startIdentityProvider({
    ...certificate,
    clients: ids.map((id) => ({
      id,
      secret,
      authentication: "client_secret_basic",
      redirectUris: [`${gateway}/callback/${id}`],
      postLogoutRedirectUris: [`${gateway}/signed-out`],
      backchannelLogoutUri: `${gateway}/backchannel-logout/${id}`,
      claims: claims[id]!,
    })),
    users: users.map((id) => ({ id, name: id, password: `${id}-demo`, roles: [] })),
    claims: [],
  });
  // Handlers are restarted while the edge runs, so it stays set until the edge ends.
  process.env["NODE_EXTRA_CA_CERTS"] = certificate.caFile;
  const identityProviders = Object.fromEntries(
    ids.map((id) => [
      id,
      {
        issuer: provider.issuer,
        clientId: id,
        clientAuthentication: "client_secret_basic" as const,
        offeredAt: { paths: [pathOf(id)] },
        ...providers[id],
      },
    ]),
  );
  const edge = await startTestEdge({
    config: configSchema.parse({ ...TEST_CONFIG, identityProviders }),
    port,
    clientSecrets: Object.fromEntries(ids.map((id) => [id, secret])),
  });
  return {
    edge,
    async change(id, user, more) {
      claims[id]![user] = { ...claims[id]![user], ...more };
      await provider.setClaims(id, claims[id]!);
    },
    async close() {
      delete process.env["NODE_EXTRA_CA_CERTS"];
      await edge.close();
      await provider.close();
      rmSync(folder, { recursive: true });
    },
  };
}
