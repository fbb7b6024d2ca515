/** Cookies of a device-bound session end with their token where there is no proof of the device. */
import { DEVICE_COOKIE } from "../../../../session/cookies";
import { expectProblem } from "../../../support/answers";
import { challengeOf, makeDevice, refresh, register } from "../../../support/device-emulator";
import {
  PROOF_LIFETIME,
  environment,
  itemOf,
  logOf,
  signedIn,
  bound,
  prove,
  expectRefused,
  expectNotRenewed,
} from "./bound-sessions";
import { renew } from "../../../support/browser-emulator";

const ELSEWHERE = "198.51.100.7";

describe("cookies that were stolen", () => {
  test("are not renewed on another machine, and their owner's still are", async () => {
    const { browser, device, name } = await bound();
    environment.clock.advance(901);
    const thief = Object.assign(browser.copy(), { address: ELSEWHERE });
    await expectNotRenewed(thief);
    expect(await itemOf(browser)).not.toHaveProperty("lease");
    await prove(browser, device, name);
    expect((await renew(browser)).status).toBe(200);
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
    expect((await renew(browser)).status).toBe(200);
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
      expect((await renew(browser)).status).toBe(200);
    }
    const renewal = await renew(thief);
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
