/** A local edge whose identity provider is Keycloak: each trusts the certificate of the other and nobody else's. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configSchema } from "../../config/schema";
import { makeCertificate } from "../../local/certificate";
import type { LocalEdge } from "../../local/local-edge";
import { startAgeing, type Ageing } from "./aged-session";
import { freePort } from "./free-port";
import { startKeycloak } from "./keycloak";
import { keycloakAdmin, type KeycloakAdmin } from "./keycloak-admin";
import { clientSecrets, ODD_ROLES, pathOf, providersAt, type RealmName } from "./keycloak-clients";
import { OTHER_CLIENT, realmFor } from "./keycloak-realm";
import { authenticateInLevels } from "./keycloak-step-up";
import { startTestEdge, TEST_CONFIG } from "./local-edge";

export interface KeycloakEdge {
  edge: LocalEdge;
  /** `https://localhost:<port>` */
  keycloak: string;
  /** Certificates (PEM) of the edge and of Keycloak. */
  ca: string;
  realms: Record<RealmName, KeycloakAdmin>;
  ageing: Ageing;
  /**
   * Where another site of the company sends people to sign in at Keycloak
   * (https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest).
   */
  otherSite: string;
  close(): Promise<void>;
}

const REALMS: RealmName[] = ["company", "levels", "partner", "rolling"];
/** Handlers that can be at work at the same time, each in a process of its own, as in Lambda. */
const INSTANCES = 4;
const OTHER_SITE = { client_id: OTHER_CLIENT, response_type: "code", scope: "openid" };

/** @param folder see {@link startKeycloak} */
export async function startKeycloakEdge(folder: string): Promise<KeycloakEdge> {
  const files = mkdtempSync(join(tmpdir(), "edgegate-test-"));
  const closers: (() => Promise<unknown> | void)[] = [() => rmSync(files, { recursive: true })];
  const close = async () => {
    for (let closer = closers.pop(); closer; closer = closers.pop()) await closer();
  };
  try {
    const [certificate, port] = [await makeCertificate(files, ["localhost"]), await freePort()];
    const url = `https://localhost:${port}`;
    // Handlers are restarted while the edge runs, so it stays set until the edge ends.
    process.env["NODE_EXTRA_CA_CERTS"] = certificate.caFile;
    closers.push(() => void delete process.env["NODE_EXTRA_CA_CERTS"]);
    const edge = await startTestEdge({
      config: configSchema.parse({
        ...TEST_CONFIG,
        identityProviders: providersAt(url),
        policy: [
          { path: "/at/levels/safe", allow: { acr: ["urn:mfa"] } },
          { path: pathOf("directory"), allow: { roles: ODD_ROLES } },
          ...TEST_CONFIG.policy,
        ],
      }),
      clientSecrets: clientSecrets(),
      handlerInstances: INSTANCES,
    });
    closers.push(edge.close);
    const ageing = startAgeing(edge);
    closers.push(ageing.close);
    const keycloak = await startKeycloak({
      folder,
      port,
      certificate,
      trusts: edge.caFile,
      finds: new URL(edge.url).hostname,
    });
    closers.push(keycloak.close);
    for (const realm of REALMS) await keycloak.admin("POST", "", realmFor(realm, edge.url));
    await authenticateInLevels(keycloak, "levels");
    const otherSite = new URLSearchParams({ ...OTHER_SITE, redirect_uri: `${edge.url}/public/other` });
    return {
      edge,
      keycloak: url,
      ca: `${readFileSync(edge.caFile, "utf8")}\n${certificate.cert}`,
      realms: Object.fromEntries(
        REALMS.map((realm) => [realm, keycloakAdmin(keycloak, realm)]),
      ) as KeycloakEdge["realms"],
      ageing,
      otherSite: `${edge.issuer}/protocol/openid-connect/auth?${otherSite}`,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
