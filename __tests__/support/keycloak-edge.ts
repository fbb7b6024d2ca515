/** A local edge whose identity provider is Keycloak: each trusts the certificate of the other and nobody else's. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificate } from "../../local/certificate";
import type { LocalEdge } from "../../local/local-edge";
import { freePort } from "./free-port";
import { startKeycloak } from "./keycloak";
import { REALM, OTHER_CLIENT, realmFor, type KeycloakUser } from "./keycloak-realm";
import { configSchema } from "../../config/schema";
import { startTestEdge, TEST_CONFIG } from "./local-edge";

export interface KeycloakEdge {
  edge: LocalEdge;
  /** Certificates (PEM) of the edge and of Keycloak. */
  ca: string;
  /** Refresh grants since the start, as Keycloak counts them. */
  refreshGrants(): Promise<{ granted: number; refused: number }>;
  /** As an administrator does in Keycloak's console, with each session of a user here. */
  endSessionsOf(user: KeycloakUser): Promise<void>;
  /** Takes the role `staff` from a user. */
  takeRoleFrom(user: KeycloakUser): Promise<void>;
  disable(user: KeycloakUser): Promise<void>;
  /**
   * Where another site of the company sends people to sign in at Keycloak
   * (https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest).
   */
  otherSite: string;
  close(): Promise<void>;
}

const CLIENT = { id: "gateway", secret: "gateway-secret" };
/** Handlers that can be at work at the same time, each in a process of its own, as in Lambda. */
const INSTANCES = 4;
const OTHER_SITE = { client_id: OTHER_CLIENT, response_type: "code", scope: "openid" };
/** Lists have 100 entries where nothing is said. */
const ALL = 10_000;

/** @param folder see {@link startKeycloak} */
export async function startKeycloakEdge(folder: string, users: KeycloakUser[]): Promise<KeycloakEdge> {
  const files = mkdtempSync(join(tmpdir(), "edgegate-test-"));
  const closers: (() => Promise<unknown> | void)[] = [() => rmSync(files, { recursive: true })];
  const close = async () => {
    for (let closer = closers.pop(); closer; closer = closers.pop()) await closer();
  };
  try {
    const [certificate, port] = [await makeCertificate(files, ["localhost"]), await freePort()];
    // Handlers are restarted while the edge runs, so it stays set until the edge ends.
    process.env["NODE_EXTRA_CA_CERTS"] = certificate.caFile;
    closers.push(() => void delete process.env["NODE_EXTRA_CA_CERTS"]);
    const edge = await startTestEdge({
      config: configSchema.parse({
        ...TEST_CONFIG,
        identityProviders: {
          main: {
            ...TEST_CONFIG.identityProviders.main,
            profile: "keycloak",
            issuer: `https://localhost:${port}/realms/${REALM}`,
            clientId: CLIENT.id,
          },
        },
      }),
      clientSecrets: { main: CLIENT.secret },
      handlerInstances: INSTANCES,
    });
    closers.push(edge.close);
    const keycloak = await startKeycloak({
      folder,
      port,
      certificate,
      trusts: edge.caFile,
      finds: new URL(edge.url).hostname,
    });
    closers.push(keycloak.close);
    await keycloak.admin("POST", "", realmFor(edge.url, CLIENT, users));

    const list = async (path: string) =>
      (await keycloak.admin("GET", `/${REALM}/${path}`)) as { id: string; name?: string }[];
    const idOf = async ({ name }: KeycloakUser) => (await list(`users?exact=true&username=${name}`))[0]!.id;
    const countEvents = async (type: string) =>
      ((await keycloak.admin("GET", `/${REALM}/events?type=${type}&max=${ALL}`)) as unknown[]).length;
    return {
      edge,
      ca: `${readFileSync(edge.caFile, "utf8")}\n${certificate.cert}`,
      refreshGrants: async () => ({
        granted: await countEvents("REFRESH_TOKEN"),
        refused: await countEvents("REFRESH_TOKEN_ERROR"),
      }),
      async endSessionsOf(user) {
        for (const { id } of await list(`users/${await idOf(user)}/sessions`))
          await keycloak.admin("DELETE", `/${REALM}/sessions/${id}`);
      },
      async takeRoleFrom(user) {
        const roles = `users/${await idOf(user)}/role-mappings/realm`;
        const staff = (await list(roles)).filter(({ name }) => name === "staff");
        await keycloak.admin("DELETE", `/${REALM}/${roles}`, staff);
      },
      disable: async (user) =>
        void (await keycloak.admin("PUT", `/${REALM}/users/${await idOf(user)}`, { enabled: false })),
      otherSite: `${edge.issuer}/protocol/openid-connect/auth?${new URLSearchParams({ ...OTHER_SITE, redirect_uri: `${edge.url}/public/other` })}`,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
