/** What the ledger's word on a session allows. */
import type { RequestContext } from "../../../edge-handlers/auth/request-context";
import { statusOf, refreshDecision } from "../../../edge-handlers/auth/session/status";
import type { LedgerSession, Revocation } from "../../../ledger/records";
import type { ReuseAction } from "../../../session/security-event";

const NOW = 1_000_000;
const HOUR = 3600;
const MARK = 900_000;
const SESSION: LedgerSession = {
  uid: "alice-0000000000",
  sid: "session-00000000",
  idp: "main",
  email: "",
  startedAt: NOW - 2 * HOUR,
  mark: MARK - 1,
  gatewayMark: MARK - 1,
  renewedAt: NOW - 600,
  generation: 7,
  address: "203.0.113.178",
  userAgent: "",
  endsAt: NOW + 6 * HOUR,
  expiresAt: NOW + 30 * 86_400,
};
const UNREADABLE = undefined as unknown as number;

function contextAt(now: number, onReuse: ReuseAction = "revoke-session"): Pick<RequestContext, "now" | "settings"> {
  return { now, settings: { session: { idle: HOUR }, onReuse } as RequestContext["settings"] };
}

function revocation(changes: Partial<Revocation>): Revocation {
  return {
    kind: "user",
    uid: SESSION.uid,
    mark: MARK,
    cutoff: NOW - 60,
    recordedAt: NOW - 60,
    until: NOW + 8 * HOUR,
    by: "operator:test",
    reason: "",
    expiresAt: NOW + 30 * 86_400,
    ...changes,
  };
}

const session = (changes: Partial<LedgerSession>) => ({ ...SESSION, ...changes });

describe("a session", () => {
  test.each<[string, LedgerSession | undefined, Revocation[], string]>([
    ["lives", SESSION, [], "active"],
    ["that the ledger does not have is unknown", undefined, [], "unknown"],
    ["ends when it is to end", session({ endsAt: NOW }), [], "ended"],
    ["lives up to then", session({ endsAt: NOW + 1 }), [], "active"],
    ["ends when its end cannot be read", session({ endsAt: UNREADABLE }), [], "ended"],
    ["ends when its user signs out", session({ endedAt: NOW }), [], "ended"],
    ["that is revoked is revoked", SESSION, [revocation({ kind: "session", sid: SESSION.sid })], "revoked"],
    [
      "lives when another one is revoked",
      SESSION,
      [revocation({ kind: "session", sid: "session-00000001" })],
      "active",
    ],
    ["of a revoked user is revoked", SESSION, [revocation({})], "revoked"],
    [
      "of a revoked user whose sign-in knew of it lives, whatever its clock said",
      session({ startedAt: NOW - 180, mark: MARK }),
      [revocation({})],
      "active",
    ],
    [
      "of a revoked user whose sign-in knew of an older one only is revoked, whatever its clock said",
      session({ startedAt: NOW + 180 }),
      [revocation({})],
      "revoked",
    ],
    [
      "of a user that began well after a cut-off which came late lives",
      session({ startedAt: NOW - 60 + 301 }),
      [revocation({})],
      "active",
    ],
    [
      "of a revoked gateway whose sign-in knew of it lives",
      session({ gatewayMark: MARK }),
      [revocation({ kind: "gateway" })],
      "active",
    ],
    [
      "of a revoked gateway is revoked, however late its cut-off came",
      session({ startedAt: NOW + 1000 }),
      [revocation({ kind: "gateway" })],
      "revoked",
    ],
    ["whose mark cannot be read is revoked", session({ mark: UNREADABLE }), [revocation({})], "revoked"],
    ["lives when another user is revoked", SESSION, [revocation({ uid: "bob-000000000000" })], "active"],
    ["of a revoked gateway is revoked", SESSION, [revocation({ kind: "gateway" })], "revoked"],
    ["is revoked also by a revocation that is said to be over", SESSION, [revocation({ until: NOW - 1 })], "revoked"],
    ["is revoked by a cut-off that cannot be read", SESSION, [revocation({ cutoff: UNREADABLE })], "revoked"],
    [
      "is revoked by a mark that cannot be read",
      session({ mark: MARK }),
      [revocation({ mark: UNREADABLE })],
      "revoked",
    ],
    [
      "that is revoked and over is revoked: its user must authenticate",
      session({ endedAt: NOW }),
      [revocation({})],
      "revoked",
    ],
    [
      "that was caught at reuse is revoked before its revocation is there",
      session({ reuse: "refresh", reusedAt: NOW }),
      [],
      "revoked",
    ],
  ])("%s", (_name, found, revocations, life) => {
    expect(statusOf({ session: found, revocations }, contextAt(NOW))).toBe(life);
  });

  test("that was caught at reuse lives where that is only recorded", () => {
    expect(statusOf({ session: session({ reuse: "refresh" }), revocations: [] }, contextAt(NOW, "record"))).toBe(
      "active",
    );
  });
});

describe("a refresh cookie", () => {
  test.each<[string, number, Partial<LedgerSession>, string]>([
    ["of the latest renewal renews", 7, {}, "active"],
    ["of the latest renewal renews after the grace", 7, { renewedAt: NOW - 301 }, "active"],
    ["of the latest renewal has just renewed within it", 7, { renewedAt: NOW - 300 }, "just_renewed"],
    [
      "of the latest renewal has just renewed where another edge's clock is ahead",
      7,
      { renewedAt: NOW + 240 },
      "just_renewed",
    ],
    ["of the sign-in renews at once", 0, { generation: 0, renewedAt: NOW }, "active"],
    ["of the latest renewal renews within the idle time", 7, { renewedAt: NOW - HOUR + 1 }, "active"],
    ["is too late after it", 7, { renewedAt: NOW - HOUR }, "idle"],
    ["is too late where the last renewal cannot be read", 7, { renewedAt: UNREADABLE }, "idle"],
    [
      "one renewal behind is a parallel tab's, or its answer was lost, within the grace",
      6,
      { renewedAt: NOW - 300 },
      "renewed_elsewhere",
    ],
    [
      "one renewal behind is so within the minute that is left of it where clocks differ",
      6,
      { renewedAt: NOW - 60 - 240 },
      "renewed_elsewhere",
    ],
    ["one renewal behind is so where another edge's clock is ahead", 6, { renewedAt: NOW + 240 }, "renewed_elsewhere"],
    ["one renewal behind is a copy after that", 6, { renewedAt: NOW - 301 }, "reused"],
    [
      "one renewal behind is a copy where the renewal is farther ahead than clocks differ",
      6,
      { renewedAt: NOW + 301 },
      "reused",
    ],
    ["two renewals behind is a copy at once: a thief may renew again and again", 5, { renewedAt: NOW }, "reused"],
    ["of the sign-in is a copy", 0, { renewedAt: NOW }, "reused"],
    ["ahead of the ledger is unknown to it", 8, {}, "unknown"],
    ["is unknown where the ledger's count cannot be read", 7, { generation: UNREADABLE }, "unknown"],
    ["renews no session that ended, whatever it is", 5, { endedAt: NOW }, "ended"],
    ["renews no session that has ended", 7, { endsAt: NOW }, "ended"],
  ])("%s", (_name, generation, changes, verdict) => {
    expect(
      refreshDecision({ session: session(changes), revocations: [] }, { generation, isFresh: true }, contextAt(NOW)),
    ).toBe(verdict);
  });

  test("beside a token whose time is up has not just renewed: a short token, or another clock", () => {
    expect(
      refreshDecision(
        { session: session({ renewedAt: NOW - 61 }), revocations: [] },
        { generation: 7, isFresh: false },
        contextAt(NOW),
      ),
    ).toBe("active");
  });

  test("renews no revoked session, whatever it is", () => {
    for (const generation of [5, 6, 7, 8])
      expect(
        refreshDecision(
          { session: SESSION, revocations: [revocation({})] },
          { generation, isFresh: true },
          contextAt(NOW),
        ),
      ).toBe("revoked");
  });
});
