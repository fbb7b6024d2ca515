/** A sign-in that the provider ends while it is under way, or just after. */
import { setTimeout } from "node:timers/promises";
import { SESSION_COOKIE } from "../../../../session/cookies";
import { expectNoSession, expectPage, expectProblem } from "../../../support/answers";
import { withAuth, type AuthEnvironment } from "../../../support/auth-fixture";
import type { Browser } from "../../../support/browser-emulator";
import type { EdgeResponse } from "../../../support/cloudfront-event";
import { putSession } from "../../../support/ledger-sessions";
import { sign } from "../../../support/event-tokens";
import { BY, commandsOf, draft, expectDone, newSid, post } from "./logout-tokens";

describe("a sign-in that the provider ends while it is under way, or just after", () => {
  /** A browser that comes back from a session of the provider, in which its user authenticated a while ago. */
  async function comingBack(place: AuthEnvironment, sid: string): Promise<{ browser: Browser; callback: string }> {
    place.idp.user = { ...place.idp.user, sid };
    place.idp.authenticatedAt = place.clock.now() - 300;
    const browser = place.browser();
    return { browser, callback: browser.approve(await browser.startSignIn("/page")) };
  }
  const logOut = async (place: AuthEnvironment, sid: string) =>
    expectDone(await post(await sign(draft({ sid }, place)), {}, place));
  /** It leads to the provider's form, and leaves no active session behind. */
  async function expectStartedOver(place: AuthEnvironment, response: EdgeResponse): Promise<string> {
    expectNoSession(response);
    expect(new URL(response.headers["location"]![0]!).searchParams.get("prompt")).toBe("login");
    expect(await place.logLines(response)).toEqual([
      expect.objectContaining({ outcome: "sign_in_started", detail: "idp_session_ended" }),
    ]);
    expect(
      (await place.ledger.sessions()).filter(
        (session) => session.idpSession !== undefined && session.endedAt === undefined,
      ),
    ).toEqual([]);
    return response.headers["location"]![0]!;
  }

  test("is ended immediately, even if it has just begun", () =>
    withAuth({}, async (place) => {
      const sid = newSid();
      const { browser, callback } = await comingBack(place, sid);
      await browser.navigate(callback);
      const session = place.readToken(browser.jar.get(SESSION_COOKIE));
      const commands = await commandsOf(() => logOut(place, sid), place);
      expect(commands).toEqual([
        { version: 1, target: { type: "session", sid: session.sid, uid: session.uid }, ...BY },
      ]);
      expectProblem(await browser.fetch("/_gate/refresh", { method: "POST" }), 401);
    }));

  test.each([0, 61, 590])("does not outlive it when its callback comes %i s later", (seconds) =>
    withAuth({}, async (place) => {
      const sid = newSid();
      const { browser, callback } = await comingBack(place, sid);
      expect(await commandsOf(() => logOut(place, sid), place)).toEqual([]);
      place.clock.advance(seconds);
      await expectStartedOver(place, await browser.navigate(callback));
    }),
  );

  test("does not outlive it whichever comes first, the pointer or the mark", () =>
    withAuth({}, async (place) => {
      const sid = newSid();
      const { browser, callback } = await comingBack(place, sid);
      place.idp.outages.set("token", "slow");
      const answer = browser.navigate(callback);
      await setTimeout(300);
      await logOut(place, sid);
      await expectStartedOver(place, await answer);
    }));

  test("sees the end, or is seen: each writes its own before it looks for the other's", () =>
    withAuth({ withSlowAnswers: true }, async (place) => {
      const sid = newSid();
      const { browser, callback } = await comingBack(place, sid);
      const seen = async (act: () => Promise<unknown>) => {
        const before = place.aws.requests.length;
        await act();
        return place.aws.requests.slice(before).map((target) => target.replace("DynamoDB_20120810.", ""));
      };
      // What is not waited for would overtake it.
      place.delays.set("DynamoDB_20120810.BatchWriteItem", 300).set("DynamoDB_20120810.PutItem", 300);
      const signIn = await seen(() => browser.navigate(callback));
      for (const look of ["PutItem", "GetItem"])
        expect(signIn.indexOf(look)).toBeGreaterThan(signIn.indexOf("BatchWriteItem"));
      const ended = await seen(() => logOut(place, sid));
      expect(ended.indexOf("Query")).toBeGreaterThan(ended.indexOf("PutItem"));
      expect(ended.indexOf("PutItem")).toBeGreaterThan(-1);
      // Nor does the logout look before its mark is there.
      place.aws.faults.set("DynamoDB_20120810.PutItem", "error");
      const token = await sign(draft({ sid }, place));
      expect(await seen(async () => expectProblem(await post(token, {}, place), 503))).not.toContain("Query");
    }));

  test("is revoked where only what leads to it is written yet", () =>
    withAuth({}, async (place) => {
      const sid = newSid();
      const { sid: own, uid } = await putSession(place, sid);
      await place.ledger.remove({ uid, sid: own });
      expect(await commandsOf(() => logOut(place, sid), place)).toEqual([
        { version: 1, target: { type: "session", sid: own, uid }, ...BY },
      ]);
    }));

  test("gets in where the user has authenticated since, also in the same session of the provider", () =>
    withAuth({}, async (place) => {
      const sid = newSid();
      const { browser, callback } = await comingBack(place, sid);
      await logOut(place, sid);
      place.clock.advance(61);
      const location = await expectStartedOver(place, await browser.navigate(callback));
      place.clock.advance(1);
      expect((await browser.navigate(browser.approve(location))).headers["location"]).toEqual(["/page"]);
      expect((await browser.fetch("/_gate/me")).status).toBe(200);
    }));

  test("is refused where the provider was asked and did not authenticate the user", () =>
    withAuth({}, async (place) => {
      const sid = newSid();
      const { browser, callback } = await comingBack(place, sid);
      await logOut(place, sid);
      const location = await expectStartedOver(place, await browser.navigate(callback));
      place.idp.obeysPrompt = false;
      const refused = await browser.navigate(browser.approve(location));
      expectPage(refused, 403);
      expectNoSession(refused);
      expect(await place.logLines(refused)).toEqual([
        expect.objectContaining({ outcome: "authentication_too_old", detail: "idp_session_ended" }),
      ]);
    }));
});
