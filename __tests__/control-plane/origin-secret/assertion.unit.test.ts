/** The keys of assertions: their rotation, and the secret as servers read it. */
import { decodeProtectedHeader, importJWK, jwtVerify, type JWK } from "jose";
import { ASSERTION_KEY_STEPS } from "../../../control-plane/origin-secret/steps";
import type { OriginSecretPorts } from "../../../control-plane/ports";
import { assertionPayload, assertionStart } from "../../../session/assertion";
import {
  assertionKeyId,
  assertionRecord,
  formatAssertionKeys,
  parseAssertionKeys,
} from "../../../session/assertion-keys";
import { hmac } from "../../../session/node-hash";
import type { OriginSecret } from "../../../session/origin-secret";
import { gatewayInMemory } from "../../support/control-plane/gateway";
import { instance, type Memory } from "../../support/control-plane/memory";

const [A, B] = ["a".repeat(43), "-_".padEnd(43, "b")];
const SESSION = ["alice00000000001", "AliceSession0001", "", "", "", "", "", "s0a1b2", "main", "", "staff", ""];

/** As the gate does it with its record of the store. */
function signedWith(record: string): string {
  const [header, key] = record.split(".");
  const payload = assertionPayload(
    assertionStart("app.example.com", "urn:orders"),
    SESSION,
    Math.floor(Date.now() / 1000),
  );
  const signed = `${header}.${Buffer.from(payload).toString("base64url")}`;
  return `${signed}.${hmac(key!, signed)}`;
}

/** By a server that has read the secret. */
async function verified(assertion: string, secret: string) {
  const { keys } = JSON.parse(secret) as { keys: JWK[] };
  const key = keys.find(({ kid }) => kid === decodeProtectedHeader(assertion).kid);
  return jwtVerify(assertion, await importJWK(key!), { audience: "urn:orders", algorithms: ["HS256"] });
}

test("servers verify with the secret as it is what the gate signs with its record", async () => {
  const secret = formatAssertionKeys([A, B]);
  for (const key of [A, B]) {
    const { payload, protectedHeader } = await verified(signedWith(assertionRecord(key)), secret);
    expect(payload.sub).toBe("alice00000000001");
    expect(protectedHeader.kid).toBe(assertionKeyId(key));
  }
  await expect(verified(signedWith(assertionRecord("c".repeat(43))), secret)).rejects.toThrow();
});

test("the ID of a key is not a part of it", () => {
  expect(A).not.toContain(assertionKeyId(A));
  expect(assertionKeyId(A)).not.toBe(assertionKeyId(B));
});

test("what is written is read again", () => {
  expect(parseAssertionKeys(formatAssertionKeys([A, B]))).toEqual([A, B]);
});

const parts = (formatted: string) => (JSON.parse(formatted) as { keys: object[] }).keys;
test.each([
  ["no JSON", "{"],
  ["nothing", "null"],
  ["an origin secret", JSON.stringify({ accepted: [A, B] })],
  ["one key", JSON.stringify({ keys: parts(formatAssertionKeys([A, B])).slice(1) })],
  ["the same key twice", formatAssertionKeys([A, A])],
  ["a short key", formatAssertionKeys([A.slice(1), B])],
  ["an empty key", formatAssertionKeys(["", B])],
  [
    "another type of key",
    JSON.stringify({ keys: parts(formatAssertionKeys([A, B])).map((key) => ({ ...key, kty: "RSA" })) }),
  ],
  ["keys of null", JSON.stringify({ keys: [null, null] })],
])("%s is not read", (_, text) => expect(parseAssertionKeys(text)).toBeUndefined());

test("through rotations, servers accept what edges sign: those that read now, and those that read before", async () => {
  const gateway = gatewayInMemory();
  const secret: Memory["secret"] = { values: new Map(), labels: new Map(), puts: 0 };
  const accepted = () =>
    (secret.values.get(secret.labels.get("AWSCURRENT")!) as unknown as OriginSecret | undefined)?.accepted ?? [];
  const moments: { record: string | undefined; accepted: readonly string[] }[] = [];
  const answered = () => void moments.push({ record: gateway.store.records.get("assertion"), accepted: accepted() });
  const rotate = async (version: string) => {
    for (const name of ["createSecret", "setSecret", "testSecret", "finishSecret"]) {
      const { ports } = instance({ ...gateway, secret }, { answered });
      await gateway.time.run(ASSERTION_KEY_STEPS[name]!(ports as unknown as OriginSecretPorts, version));
    }
  };
  await rotate("v1");
  for (const version of ["v2", "v3"]) {
    const before = accepted();
    moments.length = 0;
    await rotate(version);
    expect(new Set(moments.map(({ record }) => record)).size).toBe(2);
    for (const { record, accepted } of moments) {
      expect(before.map(assertionRecord)).toContain(record);
      expect(accepted.map(assertionRecord)).toContain(record);
    }
  }
  // The origin secret is another record.
  expect(gateway.store.records.has("origin")).toBe(false);
});
