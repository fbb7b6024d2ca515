/** Finds and keeps the signing keys of the issuers of access tokens. */
import { TENANT_ID } from "../../identity/user";
import type { AccessTokenIssuer } from "../../session/access-tokens";
import { cached, type Cached, type Surroundings } from "./cached";
import { Failure } from "./failure";
import { idpFetch } from "./idp-fetch";
import { isObject } from "./json";
import { keySet, type KeySet } from "./key-set";

const HOUR = 3600;
/** Seconds. The address of the keys hardly ever changes; an outage of up to a day goes unnoticed. */
const LIFETIMES = { fresh: HOUR, stale: 24 * HOUR, pause: 10 };
/** https://learn.microsoft.com/entra/identity-platform/v2-protocols#endpoints */
const ALL_TENANTS = "organizations";

export interface AccessTokenKeys {
  /** @throws Failure `idp_unavailable`, `idp_answer_unreadable`, `idp_misconfigured` */
  of(issuer: Pick<AccessTokenIssuer, "issuer" | "jwksUri">): Promise<KeySet>;
}

/** The keys for one instance of a function. They are kept for as long as it runs. */
export function accessTokenKeys(surroundings: Surroundings): AccessTokenKeys {
  const places = new Map<string, Cached<string>>();
  const sets = new Map<string, KeySet>();
  return {
    async of({ issuer, jwksUri }) {
      const uri =
        jwksUri ?? (await entry(places, issuer, () => cached(() => discover(issuer), LIFETIMES, surroundings)).get());
      return entry(sets, uri, () => keySet(uri, surroundings));
    },
  };
}

/**
 * `jwks_uri` of the issuer's metadata, whose `issuer` must be the same text
 * (https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation).
 */
async function discover(issuer: string): Promise<string> {
  const base = issuer.replace(TENANT_ID, ALL_TENANTS).replace(/\/$/, "");
  const response = await idpFetch(`${base}/.well-known/openid-configuration`, {
    method: "GET",
    headers: { accept: "application/json" },
  });
  if (response.status !== 200) throw new Failure("idp_misconfigured", `HTTP_${response.status}`);
  const metadata: unknown = await response.json().catch(() => undefined);
  if (!isObject(metadata)) throw new Failure("idp_answer_unreadable", "metadata");
  if (metadata["issuer"] !== issuer) throw new Failure("idp_misconfigured", "issuer");
  const uri = metadata["jwks_uri"];
  if (typeof uri !== "string" || !URL.canParse(uri) || new URL(uri).protocol !== "https:")
    throw new Failure("idp_misconfigured", "jwks_uri");
  return uri;
}

function entry<T>(map: Map<string, T>, key: string, make: () => T): T {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
