/**
 * A key id that none of `taken` has, and its master key.
 *
 * @param random cryptographically random bytes
 */
export function newKey(taken: object, random: (bytes: number) => Buffer): { kid: string; masterKey: string } {
  const kid = random(4).toString("hex");
  return Object.hasOwn(taken, kid) ? newKey(taken, random) : { kid, masterKey: random(32).toString("base64url") };
}
