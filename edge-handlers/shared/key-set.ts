/**
 * The signing keys of an identity provider. jose's own remote key set fails every verification when its cache has
 * expired and the provider is down. This one continues with its old keys for a day.
 */
import { createLocalJWKSet, errors, type JWK, type JWTVerifyGetKey } from "jose";
import { isKeyOf, isStrong } from "../../identity/signing-keys";
import { cached, type Surroundings } from "./cached";
import { Failure } from "./failure";
import { idpFetch } from "./idp-fetch";

/** Seconds. A withdrawn key stops working after `fresh`. */
const LIFETIMES = { fresh: 600, stale: 24 * 3600, pause: 30 };
/**
 * Limits for fetching the set because of an unknown key: attempts, and seconds. Anybody can push a token with a made-up
 * key. Tokens in the provider's own answers have a separate limit, so that one or two key rotations cause no failure.
 */
const FOR_PUSHED_TOKEN = [1, 30] as const;
const FOR_ANSWERED_TOKEN = [3, 30] as const;

export interface KeySet {
  /**
   * The key for a token of an issuer. A token without a key ID is accepted if exactly one key fits
   * (https://openid.net/specs/openid-connect-core-1_0.html#Signing).
   *
   * @throws Failure (from the function) `idp_unavailable`, `idp_answer_unreadable`; jose's errors if no key fits
   */
  (issuer: string): JWTVerifyGetKey;
  /** The same, for tokens that the provider answered to a request of ours. */
  answered(issuer: string): JWTVerifyGetKey;
  /** Fetches the keys unless they are cached. @throws Failure `idp_unavailable`, `idp_answer_unreadable` */
  load(): Promise<unknown>;
}

export function keySet(jwksUri: string, surroundings: Surroundings): KeySet {
  const { get, refetching } = cached(() => fetchKeys(jwksUri), LIFETIMES, surroundings);
  const keyFor =
    (refetch: ReturnType<typeof refetching>) =>
    (issuer: string): JWTVerifyGetKey =>
    async (header, token) => {
      const current = await get();
      try {
        return await current(issuer)(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        return (await refetch())(issuer)(header, token);
      }
    };
  return Object.assign(keyFor(refetching(...FOR_PUSHED_TOKEN)), {
    answered: keyFor(refetching(...FOR_ANSWERED_TOKEN)),
    load: get,
  });
}

async function fetchKeys(jwksUri: string): Promise<(issuer: string) => JWTVerifyGetKey> {
  const response = await idpFetch(jwksUri, {
    method: "GET",
    headers: { accept: "application/json, application/jwk-set+json" },
  });
  if (response.status !== 200) throw new Failure("idp_answer_unreadable", `HTTP_${response.status}`);
  const keys = keysIn(await response.json().catch(() => undefined));
  if (!keys) throw new Failure("idp_answer_unreadable", "jwks");
  const sets = new Map<string, JWTVerifyGetKey>();
  return (issuer) => {
    const set = sets.get(issuer) ?? createLocalJWKSet({ keys: keys.filter((key) => isKeyOf(key, issuer)) });
    sets.set(issuer, set);
    return set;
  };
}

/** The keys of a JWK set that are strong enough; undefined if it is not one. */
function keysIn(set: unknown): JWK[] | undefined {
  const { keys } = (typeof set === "object" && set !== null ? set : {}) as { keys?: unknown };
  const isKey = (key: unknown) => typeof key === "object" && key !== null && !Array.isArray(key);
  return Array.isArray(keys) && keys.every(isKey) ? (keys as JWK[]).filter(isStrong) : undefined;
}
