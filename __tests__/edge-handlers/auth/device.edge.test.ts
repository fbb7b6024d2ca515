/**
 * Device-bound sessions: where the browser can do it, the session is renewed only together with a proof by a key of the
 * device, so that stolen cookies end with their token.
 */
import { generateKeyPairSync } from "node:crypto";
import { DEVICE_COOKIE, REFRESH_COOKIE, SESSION_COOKIE } from "../../../session/cookies";
import { CLOCK_SKEW } from "../../../session/timing";
import { expectProblem, setCookie } from "../../support/answers";
import { newMasterKey, startAuth, withAuth, type AuthEnvironment } from "../../support/auth-fixture";
import type { Browser } from "../../support/browser-emulator";
import type { EdgeResponse } from "../../support/cloudfront-event";
import {
  challengeOf,
  makeDevice,
  offerOf,
  refresh,
  register,
  type Algorithm,
  type Device,
} from "../../support/device-emulator";

const DEVICE_BOUND = { absolute: 8 * 3600, idle: 3600, token: 900, deviceBound: true } as const;
const LOGIN = "/_gate/login?return_to=%2Fpage";
const ELSEWHERE = "198.51.100.7";
/** Seconds. */
const PROOF_LIFETIME = 120;

let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await startAuth({ settings: { session: DEVICE_BOUND } });
});
afterAll(() => environment.close());
afterEach(() => {
  environment.aws.faults.clear();
  environment.clock.advance(61);
});

const post = (browser: Browser) => browser.fetch("/_gate/refresh", { method: "POST" });
const sessionOf = (browser: Browser) => environment.readToken(browser.jar.get(SESSION_COOKIE));
const nameOf = (browser: Browser) => `${sessionOf(browser).uid}.${sessionOf(browser).sid}`;
const logOf = async (response: EdgeResponse) => (await environment.logLines(response))[0]!;
const itemOf = async (browser: Browser) => (await environment.ledger.session(sessionOf(browser)))!;

async function signedIn(): Promise<{ browser: Browser; challenge: string }> {
  const browser = environment.browser();
  return { browser, challenge: offerOf(await browser.signIn())!.challenge };
}

async function bound(device = makeDevice()): Promise<{ browser: Browser; device: Device; name: string }> {
  const { browser, challenge } = await signedIn();
  expect((await register(browser, device, challenge)).status).toBe(200);
  return { browser, device, name: nameOf(browser) };
}

/** What the browser does before it asks for a renewal without a device cookie. */
async function prove(browser: Browser, device: Device, name: string): Promise<EdgeResponse> {
  return refresh(browser, name, device.proof({ jti: challengeOf(await refresh(browser, name), name) }));
}

async function signInAgain(browser: Browser): Promise<void> {
  browser.jar.delete(SESSION_COOKIE);
  await browser.signIn();
}

async function expectRefused(response: EdgeResponse, why: string): Promise<void> {
  expectProblem(response, 400);
  expect(response.headers["set-cookie"]).toBeUndefined();
  expect(await logOf(response)).toMatchObject({ outcome: "device_refused", detail: why });
}

/** The way of somebody who has no proof: a script gets a 401, and a page leads to the identity provider. */
async function expectNotRenewed(browser: Browser): Promise<void> {
  const renewal = await post(browser.copy());
  expectProblem(renewal, 401);
  expect(renewal.headers["set-cookie"]).toBeUndefined();
  expect(await logOf(renewal)).toMatchObject({ outcome: "not_renewed", detail: "device_unproven" });
  const visit = await browser.copy().navigate(LOGIN);
  expect(visit.headers["location"]?.[0]).toMatch(new RegExp(`^${environment.idp.issuer}/authorize\\?`));
  expect(setCookie(visit, SESSION_COOKIE)).toBeUndefined();
}

describe("the offer", () => {
  /** Names of headers, and names and attributes of cookies. */
  const shapeOf = ({ status, headers }: EdgeResponse) => ({
    status,
    headers: Object.keys(headers).sort(),
    location: headers["location"],
    cookies: headers["set-cookie"]!.map((line) => line.replace(/(gate-flow-[\w-]+)?=[^;]*/, "=")).sort(),
  });

  test("is one header of the answer to a sign-in, and nothing else differs", () =>
    withAuth({}, async (place) => {
      const without = shapeOf(await place.browser().signIn("/page"));
      expect(without.headers).not.toContain("secure-session-registration");
      const response = await environment.browser().signIn("/page");
      expect(shapeOf(response)).toEqual({
        ...without,
        headers: [...without.headers, "secure-session-registration"].sort(),
      });
      expect(offerOf(response)!.path).toBe("/_gate/device/register");
    }));

  test("changes nothing for a browser that ignores it", async () => {
    const { browser } = await signedIn();
    const { sid } = sessionOf(browser);
    environment.clock.advance(901);
    const response = await post(browser);
    expect(response.status).toBe(200);
    expect(await logOf(response)).toMatchObject({ outcome: "renewed" });
    expect(Object.keys(response.headers)).not.toContain("secure-session-challenge");
    expect(sessionOf(browser).sid).toBe(sid);
    expect(browser.jar.get(DEVICE_COOKIE)).toBeUndefined();
  });

  test("is not made where there is nothing to renew", () =>
    withAuth({ settings: { session: DEVICE_BOUND } }, async (place) => {
      place.idp.issuesRefreshTokens = false;
      const response = await place.browser().signIn();
      expect(setCookie(response, REFRESH_COOKIE)?.value).toBe("");
      expect(offerOf(response)).toBeUndefined();
    }));
});

describe("a browser that takes the offer", () => {
  test.each<Algorithm>(["ES256", "RS256"])("binds its session to its key (%s)", async (algorithm) => {
    const device = makeDevice(algorithm);
    const { browser, challenge } = await signedIn();
    const response = await register(browser, device, challenge);
    expect(response).toMatchObject({ status: 200, headers: { "content-type": ["application/json"] } });
    const instructions = JSON.parse(response.body) as Record<string, unknown>;
    expect(instructions).toMatchObject({
      session_identifier: nameOf(browser),
      refresh_url: "/_gate/device/refresh",
      scope: { include_site: false },
      credentials: [
        { type: "cookie", name: DEVICE_COOKIE, attributes: "Path=/_gate; Secure; HttpOnly; SameSite=None" },
      ],
    });
    const cookie = setCookie(response, DEVICE_COOKIE)!;
    expect(cookie.attributes).toMatchObject({ path: "/_gate", secure: "", httponly: "", samesite: "None" });
    expect(Number(cookie.attributes["max-age"])).toBeLessThanOrEqual(PROOF_LIFETIME);
    expect(JSON.parse((await itemOf(browser)).deviceKey!)).toEqual(device.publicKey);
  });

  test.each<[string, (device: Device) => { header?: object; claims?: object }]>([
    ["as Chrome does, in the header", ({ publicKey }) => ({ header: { jwk: publicKey } })],
    ["as the draft of 2025 says, in a claim", ({ publicKey }) => ({ header: {}, claims: { key: publicKey } })],
    [
      "and says whom the proof is for",
      ({ publicKey }) => ({
        header: { jwk: publicKey },
        claims: { aud: "https://app.example.com/_gate/device/register", iat: 1 },
      }),
    ],
  ])("may send the key %s", async (_name, form) => {
    const device = makeDevice();
    const { browser, challenge } = await signedIn();
    expect((await register(browser, device, challenge, form(device))).status).toBe(200);
  });

  test("may send it twice, and even if only the answer of the ledger was lost", async () => {
    const device = makeDevice();
    const { browser, challenge } = await signedIn();
    environment.aws.faults.set("DynamoDB_20120810.UpdateItem", "lost");
    expect((await register(browser, device, challenge)).status).toBe(200);
    environment.aws.faults.clear();
    expect((await register(browser, device, challenge)).status).toBe(200);
  });

  test("renews with a proof, again and again", async () => {
    const { browser, device, name } = await bound();
    for (let times = 1; times <= 3; times++) {
      environment.clock.advance(901);
      expect(browser.jar.get(DEVICE_COOKIE)).toBeUndefined();
      const proof = await prove(browser, device, name);
      expect(proof.status).toBe(200);
      expect(JSON.parse(proof.body)).toMatchObject({ session_identifier: name });
      expect((await post(browser)).status).toBe(200);
      expect(await itemOf(browser)).toMatchObject({ generation: times, deviceKey: expect.any(String) as unknown });
    }
  });

  test("renews on the way to a page", async () => {
    const { browser, device, name } = await bound();
    environment.clock.advance(901);
    await prove(browser, device, name);
    expect((await browser.navigate(LOGIN)).headers["location"]).toEqual(["/page"]);
  });

  test("renews once for four tabs with one proof", async () => {
    const { browser, device, name } = await bound();
    environment.clock.advance(901);
    await prove(browser, device, name);
    const tabs = [1, 2, 3, 4].map(() => browser.copy());
    const statuses = (await Promise.all(tabs.map(post))).map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 200, 200]);
    expect(await itemOf(browser)).toMatchObject({ generation: 1 });
    expect(environment.aws.events).toEqual([]);
  });

  test("gets a renewal again whose answer was lost", async () => {
    const { browser, device, name } = await bound();
    environment.clock.advance(901);
    await prove(browser, device, name);
    expect((await post(browser.copy())).status).toBe(200);
    const repeated = await post(browser);
    expect(repeated.status).toBe(200);
    expect(await logOf(repeated)).toMatchObject({ outcome: "renewal_repeated" });
  });

  test("goes on after a rotation of the keys", () =>
    withAuth({ settings: { session: DEVICE_BOUND } }, async (place) => {
      const browser = place.browser();
      const device = makeDevice();
      const { challenge } = offerOf(await browser.signIn())!;
      place.publishKeys({ current: "k2", keys: { ...place.keys.keys, k2: newMasterKey() } });
      place.clock.advance(61);
      expect((await register(browser, device, challenge)).status).toBe(200);
      expect((await post(browser)).status).toBe(200);
    }));

  test("keeps a bound session bound although the config does not offer it any more", async () => {
    const { browser } = await bound();
    environment.publishSettings({ ...environment.settings, session: { ...DEVICE_BOUND, deviceBound: undefined } });
    await environment.coldStart();
    environment.clock.advance(901);
    await expectNotRenewed(browser);
    expect(offerOf(await environment.browser().signIn())).toBeUndefined();
    environment.publishSettings(environment.settings);
    await environment.coldStart();
  });
});

describe("cookies that were stolen", () => {
  test("are not renewed on another machine, and their owner's still are", async () => {
    const { browser, device, name } = await bound();
    environment.clock.advance(901);
    const thief = Object.assign(browser.copy(), { address: ELSEWHERE });
    await expectNotRenewed(thief);
    expect(await itemOf(browser)).not.toHaveProperty("lease");
    await prove(browser, device, name);
    expect((await post(browser)).status).toBe(200);
    expect(environment.aws.events).toEqual([]);
  });

  test("are not renewed even if they were copied before the session was bound", async () => {
    const { browser, challenge } = await signedIn();
    const thief = browser.copy();
    await register(browser, makeDevice(), challenge);
    environment.clock.advance(901);
    await expectNotRenewed(thief);
  });

  test("together with a device cookie are worth nothing once that has ended", async () => {
    const { browser, device, name } = await bound();
    environment.clock.advance(901);
    await prove(browser, device, name);
    const stolen = browser.jar.get(DEVICE_COOKIE)!;
    environment.clock.advance(PROOF_LIFETIME + 1);
    const thief = browser.copy();
    thief.jar.plant(DEVICE_COOKIE, stolen, "/_gate");
    await expectNotRenewed(thief);
  });

  test("get nothing from a renewal that has just happened", async () => {
    const { browser, device, name } = await bound();
    environment.clock.advance(901);
    const thief = browser.copy();
    await prove(browser, device, name);
    expect((await post(browser)).status).toBe(200);
    await expectNotRenewed(thief);
  });

  test("are not bound to the thief's device, whatever it says", async () => {
    const { browser, name } = await bound();
    const thief = makeDevice();
    const { challenge } = await signedIn();
    environment.clock.advance(901);
    for (const jti of [challengeOf(await refresh(browser, name), name), challenge, "x"])
      await expectRefused(await register(browser.copy(), thief, jti), "registration");
    await expectNotRenewed(browser);
  });

  test("are found out when they come after later renewals, also without a proof", async () => {
    const { browser, device, name } = await bound();
    const thief = Object.assign(browser.copy(), { address: ELSEWHERE });
    for (let times = 0; times < 2; times++) {
      environment.clock.advance(901);
      await prove(browser, device, name);
      expect((await post(browser)).status).toBe(200);
    }
    const renewal = await post(thief);
    expectProblem(renewal, 401);
    expect(await logOf(renewal)).toMatchObject({ detail: "refresh_reused" });
    expect(environment.aws.events.splice(0)).toMatchObject([{ type: "reuse", what: "refresh", address: ELSEWHERE }]);
    expect(await itemOf(browser)).toMatchObject({ reuse: "refresh" });
  });

  test("do not help with the device cookie of a session of one's own", async () => {
    const { browser } = await bound();
    const own = await bound();
    environment.clock.advance(901);
    await prove(own.browser, own.device, own.name);
    const thief = browser.copy();
    thief.jar.plant(DEVICE_COOKIE, own.browser.jar.get(DEVICE_COOKIE)!, "/_gate");
    await expectNotRenewed(thief);
  });
});

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
    expect((await post(browser)).status).toBe(200);
  });
});

test("only POST, and only these two endpoints", async () => {
  const { browser } = await signedIn();
  expect((await browser.fetch("/_gate/device/register")).status).toBe(405);
  expect((await browser.fetch("/_gate/device/other", { method: "POST" })).status).toBe(404);
  expect((await browser.fetch("/_gate/device", { method: "POST" })).status).toBe(404);
});
