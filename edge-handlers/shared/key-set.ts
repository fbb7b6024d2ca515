/**
 * The signing keys of an identity provider. jose's own remote key set fails every verification when its cache has
 * expired and the provider is down. This one continues with its old keys for a day.
 */
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { cached, type Surroundings } from "./cached";
import { Failure, safeCode } from "./failure";
import { idpFetch } from "./idp-fetch";

/** Seconds. A withdrawn key stops working after `fresh`. */
const LIFETIMES = { fresh: 600, stale: 24 * 3600, pause: 30 };
/** Limit for fetching the set because of an unknown key: attempts, and seconds. */
const FOR_UNKNOWN_KEY = [1, 30] as const;

export interface KeySet extends JWTVerifyGetKey {
  /** Fetches the keys unless they are there. @throws Failure `idp_unavailable`, `idp_answer_unreadable` */
  load(): Promise<unknown>;
}

/** @throws Failure (from the function) `idp_unavailable`, `idp_answer_unreadable`; jose's errors if no key fits */
export function keySet(jwksUri: string, surroundings: Surroundings): KeySet {
  const { get, refetching } = cached(() => fetchKeys(jwksUri), LIFETIMES, surroundings);
  const refetch = refetching(...FOR_UNKNOWN_KEY);
  const keyFor: JWTVerifyGetKey = async (header, token) => {
    // Without a key ID, whoever made the token could choose the key.
    if (typeof header.kid !== "string") throw new errors.JWKSNoMatchingKey();
    const current = await get();
    try {
      return await current(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      return (await refetch())(header, token);
    }
  };
  return Object.assign(keyFor, { load: get });
}

async function fetchKeys(jwksUri: string): Promise<ReturnType<typeof createLocalJWKSet>> {
  const response = await idpFetch(jwksUri, {
    method: "GET",
    headers: { accept: "application/json, application/jwk-set+json" },
  });
  if (response.status !== 200) throw new Failure("idp_answer_unreadable", `HTTP_${response.status}`);
  try {
    return createLocalJWKSet((await response.json()) as JSONWebKeySet);
  } catch (error) {
    throw new Failure("idp_answer_unreadable", safeCode(error));
  }
}
