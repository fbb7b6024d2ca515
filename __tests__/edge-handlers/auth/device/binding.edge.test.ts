/** Every browser is offered a device-bound session; one that takes the offer renews it with proofs of its device. */
import { DEVICE_COOKIE, REFRESH_COOKIE } from "../../../../session/cookies";
import { setCookie } from "../../../support/answers";
import { newMasterKey, withAuth } from "../../../support/auth-fixture";
import type { EdgeResponse } from "../../../support/cloudfront-event";
import { makeDevice, offerOf, register, type Algorithm, type Device } from "../../../support/device-emulator";
import {
  DEVICE_BOUND,
  LOGIN,
  PROOF_LIFETIME,
  environment,
  sessionOf,
  nameOf,
  logOf,
  itemOf,
  signedIn,
  bound,
  prove,
  expectNotRenewed,
} from "./bound-sessions";
import { renew } from "../../../support/browser-emulator";

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
    const response = await renew(browser);
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
      expect((await renew(browser)).status).toBe(200);
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
    const statuses = (await Promise.all(tabs.map(renew))).map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 200, 200]);
    expect(await itemOf(browser)).toMatchObject({ generation: 1 });
    expect(environment.aws.events).toEqual([]);
  });

  test("gets a renewal again whose answer was lost", async () => {
    const { browser, device, name } = await bound();
    environment.clock.advance(901);
    await prove(browser, device, name);
    expect((await renew(browser.copy())).status).toBe(200);
    const repeated = await renew(browser);
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
      expect((await renew(browser)).status).toBe(200);
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

test("only POST, and only these two endpoints", async () => {
  const { browser } = await signedIn();
  expect((await browser.fetch("/_gate/device/register")).status).toBe(405);
  expect((await browser.fetch("/_gate/device/other", { method: "POST" })).status).toBe(404);
  expect((await browser.fetch("/_gate/device", { method: "POST" })).status).toBe(404);
});
