/** Verifies the gateway's assertions with `jose` (npm), for any framework. */
import { decodeProtectedHeader, importJWK, jwtVerify } from "jose";

/** Milliseconds. A key is accepted for a whole rotation before it signs, so this may be hours. */
const MAX_AGE = 5 * 60_000;
/** Milliseconds between two reads because of a key that is unknown. */
const PAUSE = 10_000;

/**
 * @param options.read returns the text of the secret `edgegate/<name>/assertion`, a JWK set
 * @param options.issuer `https://` and the gateway's `domain`
 * @param options.audience `assertion.audience` of the config
 * @returns a function from the header's value to the claims; it throws for anything that is not a valid assertion
 */
export function assertions({ read, issuer, audience }) {
  let keys = new Map();
  let readAt = -Infinity;

  async function refresh(age) {
    if (Date.now() - readAt < age) return;
    readAt = Date.now();
    const set = JSON.parse(await read()).keys;
    keys = new Map(await Promise.all(set.map(async (jwk) => [jwk.kid, await importJWK(jwk, "HS256")])));
  }

  return async function verify(assertion = "") {
    const { kid } = decodeProtectedHeader(assertion);
    // If the secret cannot be read, the last keys still count; without any, nobody gets in.
    await refresh(MAX_AGE).catch(() => undefined);
    if (!keys.has(kid)) await refresh(PAUSE).catch(() => undefined);
    if (!keys.has(kid)) throw new Error("unknown key");
    const { payload } = await jwtVerify(assertion, keys.get(kid), {
      // The only algorithm: a token must not choose how it is verified.
      algorithms: ["HS256"],
      issuer,
      audience,
      requiredClaims: ["exp", "sub"],
      clockTolerance: 5,
    });
    return payload;
  };
}
