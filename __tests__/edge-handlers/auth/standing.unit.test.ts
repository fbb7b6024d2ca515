/** What the ledger's word on a session allows. */
import type { Exchange } from "../../../edge-handlers/auth/exchange";
import { isAuthenticatedSince, lifeOf, renewability, type Authentication } from "../../../edge-handlers/auth/standing";
import type { LedgerSession, Revocation } from "../../../session/ledger";
import type { ReuseAction } from "../../../session/security-event";

const NOW = 1_000_000;
const HOUR = 3600;
const SESSION: LedgerSession = {
  uid: "alice-0000000000",
  sid: "session-00000000",
  idp: "main",
  email: "",
  startedAt: NOW - 2 * HOUR,
  authTime: NOW - 2 * HOUR,
  renewedAt: NOW - 600,
  generation: 7,
  address: "203.0.113.178",
  userAgent: "",
  endsAt: NOW + 6 * HOUR,
  expiresAt: NOW + 30 * 86_400,
};
const UNREADABLE = undefined as unknown as number;

function exchangeAt(now: number, onReuse: ReuseAction = "revoke-session"): Pick<Exchange, "now" | "settings"> {
  return { now, settings: { session: { idle: HOUR }, onReuse } as Exchange["settings"] };
}

function revocation(changes: Partial<Revocation>): Revocation {
  return { kind: "user", uid: SESSION.uid, cutoff: NOW - 60, recordedAt: NOW - 60, until: NOW + 8 * HOUR, by: "operator:test", reason: "", expiresAt: NOW + 30 * 86_400, ...changes };
}

const session = (changes: Partial<LedgerSession>) => ({ ...SESSION, ...changes });

describe("a session", () => {
  test.each<[string, LedgerSession | undefined, Revocation[], string]>([
    ["lives", SESSION, [], "living"],
    ["that the ledger does not have is unknown", undefined, [], "unknown"],
    ["ends when it is to end", session({ endsAt: NOW }), [], "ended"],
    ["lives up to then", session({ endsAt: NOW + 1 }), [], "living"],
    ["ends when its end cannot be read", session({ endsAt: UNREADABLE }), [], "ended"],
    ["ends when its user signs out", session({ endedAt: NOW }), [], "ended"],
    ["that is revoked is revoked", SESSION, [revocation({ kind: "session", sid: SESSION.sid })], "revoked"],
    ["lives when another one is revoked", SESSION, [revocation({ kind: "session", sid: "session-00000001" })], "living"],
    ["of a revoked user is revoked", SESSION, [revocation({})], "revoked"],
    ["of a revoked user that began in the second of the cut-off is revoked", session({ startedAt: NOW - 60 }), [revocation({})], "revoked"],
    ["of a revoked user that began after the cut-off lives", session({ startedAt: NOW - 59, authTime: NOW - 59 }), [revocation({})], "living"],
    ["that began after the cut-off, without a new authentication, is revoked: the revocation was on its way", session({ startedAt: NOW - 59, authTime: NOW - 60 }), [revocation({})], "revoked"],
    ["that began so after everybody was signed out is revoked", session({ startedAt: NOW - 59, authTime: NOW - 60 }), [revocation({ kind: "gateway" })], "revoked"],
    ["whose authentication cannot be read is revoked", session({ startedAt: NOW - 59, authTime: NaN }), [revocation({})], "revoked"],
    ["that began after the revocation was over may be of an older authentication", session({ startedAt: NOW - 30 }), [revocation({ until: NOW - 30 })], "living"],
    ["that began so lives where it was another user's cut-off", session({ startedAt: NOW - 59 }), [revocation({ uid: "bob-000000000000" })], "living"],
    ["lives when another user is revoked", SESSION, [revocation({ uid: "bob-000000000000" })], "living"],
    ["of a revoked gateway is revoked", SESSION, [revocation({ kind: "gateway" })], "revoked"],
    ["is revoked also by a revocation that is said to be over", SESSION, [revocation({ until: NOW - 1 })], "revoked"],
    ["is revoked by a cut-off that cannot be read", SESSION, [revocation({ cutoff: UNREADABLE })], "revoked"],
    ["that is revoked and over is revoked: its user must authenticate", session({ endedAt: NOW }), [revocation({})], "revoked"],
    ["that was caught at reuse is revoked before its revocation is there", session({ reuse: "refresh", reusedAt: NOW }), [], "revoked"],
  ])("%s", (_name, found, revocations, life) => {
    expect(lifeOf({ session: found, revocations }, exchangeAt(NOW))).toBe(life);
  });

  test("that was caught at reuse lives where that is only recorded", () => {
    expect(lifeOf({ session: session({ reuse: "refresh" }), revocations: [] }, exchangeAt(NOW, "record"))).toBe("living");
  });
});

describe("a refresh cookie", () => {
  test.each<[string, number, Partial<LedgerSession>, string]>([
    ["of the latest renewal renews", 7, {}, "living"],
    ["of the latest renewal renews a minute after it", 7, { renewedAt: NOW - 60 }, "living"],
    ["of the latest renewal has just renewed within that minute", 7, { renewedAt: NOW - 59 }, "just_renewed"],
    ["of the latest renewal has just renewed where another edge's clock is ahead", 7, { renewedAt: NOW + 1 }, "just_renewed"],
    ["of the sign-in renews at once", 0, { generation: 0, renewedAt: NOW }, "living"],
    ["of the latest renewal renews within the idle time", 7, { renewedAt: NOW - HOUR + 1 }, "living"],
    ["is too late after it", 7, { renewedAt: NOW - HOUR }, "idle"],
    ["is too late where the last renewal cannot be read", 7, { renewedAt: UNREADABLE }, "idle"],
    ["one renewal behind is a parallel tab's within a minute", 6, { renewedAt: NOW - 60 }, "renewed_elsewhere"],
    ["one renewal behind is a parallel tab's where another edge's clock is ahead", 6, { renewedAt: NOW + 1 }, "renewed_elsewhere"],
    ["one renewal behind is a copy after that", 6, { renewedAt: NOW - 61 }, "reused"],
    ["two renewals behind is a copy at once: a thief may renew every minute", 5, { renewedAt: NOW }, "reused"],
    ["of the sign-in is a copy", 0, { renewedAt: NOW }, "reused"],
    ["ahead of the ledger is unknown to it", 8, {}, "unknown"],
    ["is unknown where the ledger's count cannot be read", 7, { generation: UNREADABLE }, "unknown"],
    ["renews no session that ended, whatever it is", 5, { endedAt: NOW }, "ended"],
    ["renews no session that is over", 7, { endsAt: NOW }, "ended"],
  ])("%s", (_name, generation, changes, verdict) => {
    expect(renewability({ session: session(changes), revocations: [] }, generation, exchangeAt(NOW))).toBe(verdict);
  });

  test("renews no revoked session, whatever it is", () => {
    for (const generation of [5, 6, 7, 8]) expect(renewability({ session: SESSION, revocations: [revocation({})] }, generation, exchangeAt(NOW))).toBe("revoked");
  });
});

describe("a sign-in", () => {
  const CUTOFF = NOW - 600;
  const authentication = (authTime: number | undefined, askedAt?: number): Authentication => ({ now: NOW, authTime, askedAt });

  test.each<[string, Partial<Revocation>, Authentication, boolean]>([
    ["after the authentication that followed the cut-off is one", {}, authentication(CUTOFF + 61), true],
    ["is none where the provider's clock may be ahead: the user is asked", {}, authentication(CUTOFF + 60), false],
    ["by what the provider remembers from before the cut-off is none", {}, authentication(CUTOFF - 1), false],
    ["without a time of authentication is none", {}, authentication(undefined), false],
    ["that asked is one by the very clock of the provider", {}, authentication(CUTOFF + 1, CUTOFF + 1), true],
    ["that asked is none where the provider did not", {}, authentication(CUTOFF, CUTOFF + 1), false],
    ["that asked is none without a time of authentication: the browser may have taken the question away", {}, authentication(undefined, CUTOFF + 1), false],
    ["that asked is one without it where everybody was signed out", { kind: "gateway" }, authentication(undefined, CUTOFF + 1), true],
    ["that did not ask is none without it where everybody was signed out", { kind: "gateway" }, authentication(undefined), false],
    ["that asked before the cut-off did not ask", {}, authentication(CUTOFF + 60, CUTOFF), false],
    ["that asked before the cut-off, without a time, is none", {}, authentication(undefined, CUTOFF), false],
    ["of a revoked gateway is held to the same", { kind: "gateway" }, authentication(CUTOFF), false],
    ["is none in the second of the cut-off: its session would be void", { cutoff: NOW }, authentication(undefined, NOW + 1), false],
    ["is none by a cut-off that cannot be read", { cutoff: UNREADABLE }, authentication(NOW, NOW), false],
    ["may remember what is older than a revocation that is over", { until: NOW }, authentication(CUTOFF - 1), true],
    ["may not remember up to then", { until: NOW + 1 }, authentication(CUTOFF - 1), false],
    ["may not remember where the end of the revocation cannot be read", { until: UNREADABLE }, authentication(CUTOFF - 1), false],
    ["is not held to the revocation of one session", { kind: "session", sid: SESSION.sid }, authentication(CUTOFF - 1), true],
  ])("%s", (_name, changes, given, isSignIn) => {
    expect(isAuthenticatedSince([revocation({ cutoff: CUTOFF, ...changes })], given)).toBe(isSignIn);
  });

  test("is held to every cut-off", () => {
    const revocations = [revocation({ cutoff: CUTOFF }), revocation({ kind: "gateway", cutoff: CUTOFF + 300 })];
    expect(isAuthenticatedSince(revocations, authentication(CUTOFF + 61))).toBe(false);
    expect(isAuthenticatedSince(revocations, authentication(CUTOFF + 361))).toBe(true);
    expect(isAuthenticatedSince([], authentication(undefined))).toBe(true);
  });
});
