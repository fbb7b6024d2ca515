/** What an instance remembers about identity providers: metadata, keys, nonces and used codes. */
import * as oauth from "oauth4webapi";
import { TENANT_ID } from "../../../identity/user";
import { accessTokenKeys, type AccessTokenKeys } from "../../shared/access-token-keys";
import { cached, type Cached, type Surroundings } from "../../shared/cached";
import { safeCode } from "../../shared/failure";
import { Failure } from "../failures";
import { isForeignAnswer } from "./failure";
import { idpFetch } from "../../shared/idp-fetch";
import { keySet, type KeySet } from "../../shared/key-set";
import { spentFlows, type SpentFlows } from "../sign-in/spent-flows";

const HOUR = 3600;
const METADATA_LIFETIMES = { fresh: HOUR, stale: 24 * HOUR, pause: 10 };

/** Endpoints that the gateway calls or redirects browsers to. */
const REQUIRED_ENDPOINTS = ["authorization_endpoint", "token_endpoint", "jwks_uri"] as const;
const OPTIONAL_ENDPOINTS = [
  "userinfo_endpoint",
  "end_session_endpoint",
  "revocation_endpoint",
  "pushed_authorization_request_endpoint",
] as const;

/**
 * Statuses for an issuer that does not exist: 400 from Entra ID, 404 from others. Any other status may be an outage.
 */
const NO_SUCH_ISSUER = [400, 404];

/** https://learn.microsoft.com/entra/identity-platform/v2-protocols#endpoints */
const ALL_TENANTS = "organizations";

export interface IdentityProviders {
  /**
   * The metadata of an issuer.
   *
   * @throws Failure `idp_unavailable`, `idp_answer_unreadable`; `idp_misconfigured` if there is no document at the
   *   issuer, if it is another issuer's, or if it has an endpoint without TLS
   */
  metadata(issuer: string): Promise<oauth.AuthorizationServer>;
  keySet(jwksUri: string): KeySet;
  /** The keys of the issuers of access tokens. */
  accessTokenKeys: AccessTokenKeys;
  /** By origin: the last nonce that a server gave for proofs of a key (RFC 9449 section 8). */
  nonces: Map<string, string>;
  spentFlows: SpentFlows;
}

export function identityProviders(surroundings: Surroundings): IdentityProviders {
  const metadata = new Map<string, Cached<oauth.AuthorizationServer>>();
  const keySets = new Map<string, KeySet>();
  return {
    metadata: (issuer) =>
      entry(metadata, issuer, () => cached(() => discover(issuer), METADATA_LIFETIMES, surroundings)).get(),
    keySet: (jwksUri) => entry(keySets, jwksUri, () => keySet(jwksUri, surroundings)),
    accessTokenKeys: accessTokenKeys(surroundings),
    nonces: new Map(),
    spentFlows: spentFlows(),
  };
}

/** https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig */
async function discover(issuer: string): Promise<oauth.AuthorizationServer> {
  try {
    const response = await oauth.discoveryRequest(new URL(issuer.replace(TENANT_ID, ALL_TENANTS)), {
      algorithm: "oidc",
      [oauth.customFetch]: idpFetch,
    });
    if (NO_SUCH_ISSUER.includes(response.status)) throw new Failure("idp_misconfigured", `HTTP_${response.status}`);
    const metadata = await oauth.processDiscoveryResponse(new URL(issuer), response);
    // The library compares parsed URLs; section 4.3 requires identical text.
    if (metadata.issuer !== issuer) throw new Failure("idp_misconfigured", "issuer");
    for (const name of REQUIRED_ENDPOINTS) requireHttps(metadata[name]);
    for (const name of OPTIONAL_ENDPOINTS) if (metadata[name] !== undefined) requireHttps(metadata[name]);
    return metadata;
  } catch (error) {
    // The name does not exist; while name servers fail, the code is another.
    if (error instanceof Failure && error.detail === "ENOTFOUND") throw new Failure("idp_misconfigured", error.detail);
    throw error instanceof Failure
      ? error
      : new Failure(isForeignAnswer(error) ? "idp_answer_unreadable" : "idp_misconfigured", safeCode(error));
  }
}

function requireHttps(endpoint: unknown): void {
  if (typeof endpoint !== "string" || new URL(endpoint).protocol !== "https:")
    throw new Failure("idp_misconfigured", "endpoint");
}

function entry<T>(map: Map<string, T>, key: string, make: () => T): T {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
