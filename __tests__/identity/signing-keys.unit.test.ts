/** Keys of identity providers whose signatures count. */
import { generateKeyPairSync } from "node:crypto";
import { isKeyOf, isStrong } from "../../identity/signing-keys";

const rsa = (modulusLength: number, publicExponent = 65_537) =>
  generateKeyPairSync("rsa", { modulusLength, publicExponent }).publicKey.export({ format: "jwk" });

test.each([
  ["an RSA key of 2,048 bits", rsa(2048), true],
  ["an RSA key of 2,040 bits", rsa(2040), false],
  ["an RSA key of 1,024 bits that zeros make longer", longer(rsa(1024)), false],
  ["an RSA key with the exponent 3", rsa(2048, 3), false],
  ["an RSA key without an exponent", { ...rsa(2048), e: undefined }, false],
  ["an RSA key whose modulus is no text", { ...rsa(2048), n: ["AQAB"] }, false],
  ["a key on a curve", generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" }), true],
])("%s is strong: %s", (_, key, isEnough) => {
  expect(isStrong(key)).toBe(isEnough);
});

function longer(key: object): object {
  const modulus = Buffer.from((key as { n: string }).n, "base64url");
  return { ...key, n: Buffer.concat([Buffer.alloc(128), modulus]).toString("base64url") };
}

const ISSUER = "https://login.example.com/8eaef023/v2.0";

test.each([
  ["nobody in particular", undefined, true],
  ["the issuer", ISSUER, true],
  ["all tenants", "https://login.example.com/{tenantid}/v2.0", true],
  ["another tenant", "https://login.example.com/4c5b8a30/v2.0", false],
  ["all tenants of another version", "https://login.example.com/{tenantid}/v1.0", false],
  ["all tenants of another host", "https://evil.example.com/{tenantid}/v2.0", false],
  ["something that is no text", [ISSUER], false],
])("a key of %s signs for the issuer: %s", (_, owner, isItsKey) => {
  expect(isKeyOf({ issuer: owner }, ISSUER)).toBe(isItsKey);
});
