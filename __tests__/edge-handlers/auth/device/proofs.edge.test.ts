/** Which proofs of a device count, and which registrations of its key. */
import { generateKeyPairSync } from "node:crypto";
import { DEVICE_COOKIE } from "../../../../session/cookies";
import { CLOCK_SKEW } from "../../../../session/timing";
import { setCookie } from "../../../support/answers";
import { challengeOf, makeDevice, refresh, register } from "../../../support/device-emulator";
import {
  PROOF_LIFETIME,
  environment,
  sessionOf,
  nameOf,
  itemOf,
  signedIn,
  bound,
  prove,
  signInAgain,
  expectRefused,
} from "./bound-sessions";
import { renew } from "../../../support/browser-emulator";

describe("a proof", () => {
  test("by another key is refused", async () => {
    const { browser, name } = await bound();
    await expectRefused(await prove(browser, makeDevice(), name), "signature");
  });

  test("by another key is refused, although it comes with that key", async () => {
    const { browser, name } = await bound();
    const other = makeDevice();
    const jti = challengeOf(await refresh(browser, name), name);
    await expectRefused(await refresh(browser, name, other.proof({ jti }, { jwk: other.publicKey })), "signature");
  });

  test("that is repeated counts no longer than the first time", async () => {
    const { browser, device, name } = await bound();
    const proof = device.proof({ jti: challengeOf(await refresh(browser, name), name) });
    environment.clock.advance(PROOF_LIFETIME - 20);
    const response = await refresh(browser, name, proof);
    expect(response.status).toBe(200);
    expect(Number(setCookie(response, DEVICE_COOKIE)!.attributes["max-age"])).toBeLessThanOrEqual(20);
    environment.clock.advance(21);
    challengeOf(await refresh(browser, name, proof), name);
  });

  test.each<[string, (other: string, own: string) => Promise<string> | string]>([
    ["of another session", async (other) => other],
    ["for the registration", (_other, own) => own],
    ["that the gateway did not make", () => "made-up"],
    ["that was changed", (other) => `${other.slice(0, -2)}AA`],
  ])("with a challenge %s gets a challenge, and no cookie", async (_name, choose) => {
    const { browser, challenge } = await signedIn();
    const device = makeDevice();
    await register(browser, device, challenge);
    const other = await bound();
    const challengeOfOther = challengeOf(await refresh(other.browser, other.name), other.name);
    const name = nameOf(browser);
    const response = await refresh(browser, name, device.proof({ jti: await choose(challengeOfOther, challenge) }));
    challengeOf(response, name);
    expect(response.headers["set-cookie"]).toBeUndefined();
  });

  test("with the challenge of a clock that is too far ahead gets another challenge, and no cookie", async () => {
    const { browser, device, name } = await bound();
    environment.shiftHandler(CLOCK_SKEW + PROOF_LIFETIME);
    const proof = device.proof({ jti: challengeOf(await refresh(browser, name), name) });
    environment.shiftHandler(0);
    const response = await refresh(browser, name, proof);
    challengeOf(response, name);
    expect(response.headers["set-cookie"]).toBeUndefined();
  });

  test("for a session under another user's name gets a challenge, and no cookie", async () => {
    const { browser, device, name } = await bound();
    const proof = device.proof({ jti: challengeOf(await refresh(browser, name), name) });
    const misnamed = `${"u".repeat(16)}.${sessionOf(browser).sid}`;
    const response = await refresh(browser, misnamed, proof);
    challengeOf(response, misnamed);
    expect(response.headers["set-cookie"]).toBeUndefined();
  });

  test("for another address is refused", async () => {
    const { browser, device, name } = await bound();
    const jti = challengeOf(await refresh(browser, name), name);
    const proof = device.proof({ jti, aud: "https://elsewhere.example/_gate/device/refresh" });
    await expectRefused(await refresh(browser, name, proof), "audience");
  });

  test("is refused for a session that was revoked, has ended or was never bound", async () => {
    const revoked = await bound();
    await environment.ledger.revoke({ kind: "session", ...sessionOf(revoked.browser) } as never);
    await expectRefused(await prove(revoked.browser, revoked.device, revoked.name), "not_bound");

    const ended = await bound();
    const before = ended.browser.copy();
    await ended.browser.navigate("/_gate/logout?local", { headers: { "Sec-Fetch-Site": "same-origin" } });
    await expectRefused(await prove(before, ended.device, ended.name), "not_bound");

    const { browser } = await signedIn();
    await expectRefused(await prove(browser, makeDevice(), nameOf(browser)), "not_bound");
  });

  test("is refused for the session of an earlier sign-in, so that the browser forgets it", async () => {
    const { browser, name } = await bound();
    await signInAgain(browser);
    expect(nameOf(browser)).not.toBe(name);
    await expectRefused(await refresh(browser, name), "other_session");
  });

  test.each([undefined, "", "x", "gate", `${"u".repeat(16)}.${"s".repeat(15)}`])(
    "is refused for the session name %p",
    async (name) => {
      const { browser } = await bound();
      const headers = name === undefined ? {} : { "Sec-Secure-Session-Id": name };
      await expectRefused(await browser.fetch("/_gate/device/refresh", { method: "POST", headers }), "session_name");
    },
  );
});

describe("a registration is refused", () => {
  test("with a challenge that is too old", async () => {
    const { browser, challenge } = await signedIn();
    environment.clock.advance(PROOF_LIFETIME);
    await expectRefused(await register(browser, makeDevice(), challenge), "registration");
  });

  test("with a second key", async () => {
    const { browser, challenge } = await signedIn();
    expect((await register(browser, makeDevice(), challenge)).status).toBe(200);
    const before = (await itemOf(browser)).deviceKey;
    await expectRefused(await register(browser, makeDevice(), challenge), "not_bound");
    expect((await itemOf(browser)).deviceKey).toBe(before);
  });

  test("with a second key, also if the ledger fails", async () => {
    const { browser, challenge } = await signedIn();
    await register(browser, makeDevice(), challenge);
    environment.aws.faults.set("DynamoDB_20120810.UpdateItem", "error");
    const other = makeDevice();
    const headers = {
      Cookie: "",
      "Secure-Session-Response": other.proof({ jti: challenge }, { jwk: other.publicKey }),
    };
    const response = await browser.fetch("/_gate/device/register", { method: "POST", headers });
    environment.aws.faults.clear();
    expect(response.status).toBe(503);
    expect(response.headers["set-cookie"]).toBeUndefined();
  });

  test("after the sign-out", async () => {
    const { browser, challenge } = await signedIn();
    await browser.navigate("/_gate/logout?local", { headers: { "Sec-Fetch-Site": "same-origin" } });
    await expectRefused(await register(browser, makeDevice(), challenge), "not_bound");
  });

  test("by a browser that has another session now", async () => {
    const { browser, challenge } = await signedIn();
    await signInAgain(browser);
    const device = makeDevice();
    const response = await browser.fetch("/_gate/device/register", {
      method: "POST",
      headers: { "Secure-Session-Response": device.proof({ jti: challenge }, { jwk: device.publicKey }) },
    });
    await expectRefused(response, "other_session");
  });

  const own = makeDevice();
  const other = makeDevice();
  const rsa = makeDevice("RS256");
  const weak = makeDevice("RS256", 1024);
  const jwkOn = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve }).publicKey.export({ format: "jwk" });
  const p384 = jwkOn("P-384");
  const secp256k1 = jwkOn("secp256k1");
  test.each<[string, (challenge: string) => string | undefined, string?]>([
    ["without a proof", () => undefined],
    ["with something else", () => "x"],
    ["with a token that says another type", (jti) => own.proof({ jti }, { jwk: own.publicKey, typ: "JWT" })],
    ["without a key", (jti) => own.proof({ jti })],
    ["with a key that is none", (jti) => own.proof({ jti }, { jwk: "key" })],
    ["with a key of a curve that nobody offered", (jti) => own.proof({ jti }, { jwk: p384 })],
    ["with a key of a curve as long as the one offered", (jti) => own.proof({ jti }, { jwk: secp256k1 })],
    ...["x", "y"].map((name): [string, (challenge: string) => string] => [
      `with a key whose ${name} is padded: equal keys must be equal texts`,
      (jti) => own.proof({ jti }, { jwk: { ...own.publicKey, [name]: `${String(own.publicKey[name])}=` } }),
    ]),
    [
      "with an RSA key whose exponent has zeros before it: equal keys must be equal texts",
      (jti) => rsa.proof({ jti }, { jwk: { ...rsa.publicKey, e: `AAAA${String(rsa.publicKey["e"])}` } }),
    ],
    ["with a secret as the key", (jti) => own.proof({ jti }, { jwk: { kty: "oct", k: "AAAA" } })],
    ["with a weak RSA key", (jti) => weak.proof({ jti }, { jwk: weak.publicKey })],
    ["with a signature by another key", (jti) => other.proof({ jti }, { jwk: own.publicKey }), "signature"],
    [
      "with an algorithm that is not the key's",
      (jti) => own.proof({ jti }, { jwk: own.publicKey, alg: "RS256" }),
      "signature",
    ],
    [
      "without a signature",
      (jti) => `${own.proof({ jti }, { jwk: own.publicKey, alg: "none" }).split(".").slice(0, 2).join(".")}.`,
      "signature",
    ],
    [
      "for another address",
      (jti) => own.proof({ jti, aud: "https://app.example.com/" }, { jwk: own.publicKey }),
      "audience",
    ],
    ["with a text that is too long", (jti) => own.proof({ jti, more: "x".repeat(4096) }, { jwk: own.publicKey })],
  ])("%s", async (_name, proofFor, why = "registration") => {
    const { browser, challenge } = await signedIn();
    const proof = proofFor(challenge);
    const headers = { Cookie: "", ...(proof !== undefined && { "Secure-Session-Response": proof }) };
    await expectRefused(await browser.fetch("/_gate/device/register", { method: "POST", headers }), why);
    expect(await itemOf(browser)).not.toHaveProperty("deviceKey");
    expect((await renew(browser)).status).toBe(200);
  });
});
