/** No cookie brings back a session that the ledger has ended. */
import { SESSION_COOKIE } from "../../../../session/cookies";
import type { Session } from "../../../../session/token";
import { expectNoSession, expectProblem } from "../../../support/answers";
import { environment, expectAtProvider, expectCleared, HOUR, LOGIN, sessionOf, signedIn } from "./signed-in";
import { renew } from "../../../support/browser-emulator";

describe("a session that has ended cannot be renewed", () => {
  type Ending = (session: Session) => Promise<unknown>;
  const ENDINGS: [name: string, ending: Ending, detail: string, prompt: string | undefined][] = [
    [
      "the session was revoked",
      ({ uid, sid }) => environment.ledger.revoke({ kind: "session", uid, sid }),
      "session_revoked",
      "login",
    ],
    ["the user was revoked", ({ uid }) => environment.ledger.revoke({ kind: "user", uid }), "session_revoked", "login"],
    ["everybody was signed out", () => environment.ledger.revoke({ kind: "gateway" }), "session_revoked", "login"],
    [
      "its user signed out",
      (session) => changed(session, { endedAt: environment.clock.now() }),
      "session_ended",
      undefined,
    ],
    [
      "the ledger's end of it has come, whatever the token says",
      (session) => changed(session, { endsAt: environment.clock.now() }),
      "session_ended",
      undefined,
    ],
    [
      "the ledger saw no renewal for too long",
      (session) => changed(session, { renewedAt: environment.clock.now() - HOUR }),
      "session_idle",
      undefined,
    ],
    ["the ledger was lost", () => environment.ledger.wipe(), "session_unknown", undefined],
  ];
  const changed = async ({ uid, sid }: Session, changes: object) =>
    environment.ledger.open({ ...(await environment.ledger.session({ uid, sid })), ...changes });

  test.each(ENDINGS)("because %s", async (_name, end, detail, prompt) => {
    for (const tokenEnded of [true, false]) {
      const browser = await signedIn();
      environment.clock.advance(tokenEnded ? 901 : 5);
      await end(sessionOf(browser));
      const asked = environment.idp.count("token");
      const other = browser.copy();
      const refused = await renew(other);
      expectProblem(refused, 401);
      expectNoSession(refused);
      expect(await environment.logLines(refused)).toEqual([
        expect.objectContaining({ outcome: "not_renewed", detail }),
      ]);
      if (prompt === undefined) expectCleared(refused);
      // A page's script asks first: the sign-in that follows must still know why the session ended.
      else expect(new URL(expectAtProvider(await other.navigate(LOGIN))).searchParams.get("prompt")).toBe(prompt);
      const login = await browser.navigate(LOGIN);
      expect(new URL(expectAtProvider(login)).searchParams.get("prompt") ?? undefined).toBe(prompt);
      expectCleared(login);
      expect(await environment.logLines(login)).toEqual([
        expect.objectContaining({ outcome: "sign_in_started", detail }),
      ]);
      expect(environment.idp.count("token")).toBe(asked);
      await environment.ledger.wipe();
    }
  });

  test.each(ENDINGS)(
    "and, but for the time since its renewal, is none for /me because %s",
    async (_name, end, detail) => {
      const browser = await signedIn();
      environment.clock.advance(5);
      expect((await browser.fetch("/_gate/me")).status).toBe(200);
      await end(sessionOf(browser));
      const response = await browser.fetch("/_gate/me");
      expect(response.status).toBe(detail === "session_idle" ? 200 : 401);
      if (response.status === 401) expect(response.body).not.toContain(environment.uid("alice"));
    },
  );

  test("nor one that ends while the provider answers", async () => {
    const browser = await signedIn();
    environment.clock.advance(901);
    const { uid, sid } = sessionOf(browser);
    // The user signs out in another window.
    environment.idp.outages.set("token", "slow");
    const renewal = renew(browser);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await environment.ledger.open({
      ...(await environment.ledger.session({ uid, sid })),
      endedAt: environment.clock.now(),
    });
    const response = await renewal;
    environment.idp.outages.clear();
    expectProblem(response, 401);
    expectNoSession(response);
  });

  test("nor one that the ledger never saw, however genuine its cookies are", async () => {
    const browser = await signedIn();
    const session = sessionOf(browser);
    environment.clock.advance(901);
    browser.jar.plant(SESSION_COOKIE, environment.mint({ ...session, uid: environment.uid("bob") }));
    expectProblem(await renew(browser), 401);
  });

  test("whatever the provider says: another user's and another session's revocation change nothing", async () => {
    const browser = await signedIn();
    environment.clock.advance(901);
    await environment.ledger.revoke({ kind: "user", uid: environment.uid("bob") });
    await environment.ledger.revoke({ kind: "session", sid: "x".repeat(16) });
    expect((await renew(browser)).status).toBe(200);
  });

  test("its token ends with it where the settings have become longer", async () => {
    const browser = await signedIn();
    environment.clock.advance(901);
    const endsAt = environment.clock.now() + 60;
    await changed(sessionOf(browser), { endsAt });
    expect((await renew(browser)).status).toBe(200);
    expect(sessionOf(browser).expiresAt).toBe(endsAt);
  });
});
