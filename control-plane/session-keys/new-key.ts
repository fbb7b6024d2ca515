/**
 * A new key ID that is not in `taken`, and its master key.
 *
 * @param random returns cryptographically random bytes
 */
export function newKey(taken: object, random: (bytes: number) => Buffer): { kid: string; masterKey: string } {
  const kid = random(4).toString("hex");
  return Object.hasOwn(taken, kid) ? newKey(taken, random) : { kid, masterKey: random(32).toString("base64url") };
}
