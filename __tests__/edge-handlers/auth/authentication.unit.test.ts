/**
 * Whether a sign-in is of an authentication that followed the cut-off. Only the provider's clock tells; marks tell what
 * it was asked.
 */
import {
  cutoffsOf,
  endAsCutoff,
  judgeAuthentication,
  type Known,
} from "../../../edge-handlers/auth/sign-in/authentication";
import type { Revocation } from "../../../ledger/records";

const NOW = 1_000_000;
const CUTOFF = NOW - 600;
const MARK = 900_000;
const UNREADABLE = undefined as unknown as number;
const UP_TO_DATE: Known = { mark: MARK, gatewayMark: MARK };
const NONE: Known = { mark: 0, gatewayMark: 0 };

function revocation(changes: Partial<Revocation>): Revocation {
  return {
    kind: "user",
    uid: "alice-0000000000",
    mark: MARK,
    cutoff: CUTOFF,
    recordedAt: CUTOFF,
    until: NOW + 28_800,
    by: "operator:test",
    reason: "",
    expiresAt: NOW,
    ...changes,
  } as Revocation;
}

test.each<[string, Partial<Revocation>, number | undefined, Known | undefined, string]>([
  ["after the authentication that followed the cut-off is one", {}, CUTOFF + 61, undefined, "accepted"],
  ["asks where the provider's clock may be ahead", {}, CUTOFF + 60, undefined, "ask"],
  ["asks where the provider remembers the user from before the cut-off", {}, CUTOFF - 1, undefined, "ask"],
  ["asks without a time of authentication", {}, undefined, undefined, "ask"],
  ["that asked is one by the very clock of the provider", {}, CUTOFF + 1, UP_TO_DATE, "accepted"],
  ["that asked is refused where the provider did not ask", {}, CUTOFF, UP_TO_DATE, "too_old"],
  [
    "that asked is refused without a time of authentication: the browser may have taken the question away",
    {},
    undefined,
    UP_TO_DATE,
    "too_old",
  ],
  [
    "that asked for an older revocation asks again, and refuses nobody",
    {},
    CUTOFF,
    { mark: MARK - 1, gatewayMark: 0 },
    "ask",
  ],
  ["that asked, and knew of no revocation, asks again", {}, CUTOFF + 60, NONE, "ask"],
  [
    "that asked for a later revocation knew of this one",
    {},
    CUTOFF + 1,
    { mark: MARK + 1, gatewayMark: 0 },
    "accepted",
  ],
  [
    "that asked is one without a time where everybody was signed out",
    { kind: "gateway" },
    undefined,
    UP_TO_DATE,
    "accepted",
  ],
  [
    "that did not ask is none without it where everybody was signed out",
    { kind: "gateway" },
    undefined,
    undefined,
    "ask",
  ],
  [
    "that knew of the user's revocation only asks for the gateway's",
    { kind: "gateway" },
    undefined,
    { mark: MARK, gatewayMark: 0 },
    "ask",
  ],
  ["of a revoked gateway is held to the same", { kind: "gateway" }, CUTOFF, UP_TO_DATE, "too_old"],
  ["is none by a cut-off that cannot be read", { cutoff: UNREADABLE }, NOW, UP_TO_DATE, "too_old"],
  [
    "may remember what is older than a revocation that is over, by any clock",
    { until: NOW - 240 },
    CUTOFF - 1,
    undefined,
    "accepted",
  ],
  ["may not remember up to then", { until: NOW - 239 }, CUTOFF - 1, undefined, "ask"],
  [
    "may not remember where the end of the revocation cannot be read",
    { until: UNREADABLE },
    CUTOFF - 1,
    undefined,
    "ask",
  ],
  ["is not held to the revocation of one session", { kind: "session", sid: "s" }, CUTOFF - 1, undefined, "accepted"],
])("a sign-in %s", (_name, changes, authTime, known, verdict) => {
  expect(judgeAuthentication(cutoffsOf([revocation(changes)], known, NOW), authTime)).toBe(verdict);
});

test("a sign-in is held to every cut-off, and asks again as long as it has not asked for one of them", () => {
  const revocations = [revocation({}), revocation({ kind: "gateway", cutoff: CUTOFF + 300 })];
  const judge = (authTime: number, known?: Known) => judgeAuthentication(cutoffsOf(revocations, known, NOW), authTime);
  expect(judge(CUTOFF + 61)).toBe("ask");
  expect(judge(CUTOFF + 361)).toBe("accepted");
  expect(judge(CUTOFF, { mark: MARK, gatewayMark: 0 })).toBe("ask");
  expect(judge(CUTOFF, UP_TO_DATE)).toBe("too_old");
  expect(judgeAuthentication([], undefined)).toBe("accepted");
});

test.each<[string, number | undefined, number | undefined, number | undefined, string]>([
  ["that has not ended asks nothing", undefined, undefined, undefined, "accepted"],
  ["that ended asks for an authentication since", CUTOFF, CUTOFF - 1, undefined, "ask"],
  ["that ended takes one since", CUTOFF, CUTOFF + 61, undefined, "accepted"],
  [
    "that ended, of which the sign-in knew, takes one by the provider's very clock",
    CUTOFF,
    CUTOFF + 1,
    CUTOFF,
    "accepted",
  ],
  [
    "that ended, of which the sign-in knew, takes the word of a provider that tells no time",
    CUTOFF,
    undefined,
    CUTOFF,
    "accepted",
  ],
  ["that ended, of which the sign-in knew, takes no older one", CUTOFF, CUTOFF, CUTOFF, "too_old"],
  ["that ended again asks again", CUTOFF, CUTOFF, CUTOFF - 1, "ask"],
  ["whose end cannot be read asks", NaN, CUTOFF, undefined, "ask"],
])("a session of the provider %s", (_name, endedAt, authTime, knownEnd, verdict) => {
  expect(
    judgeAuthentication(
      endAsCutoff(endedAt, knownEnd === undefined ? undefined : { ...NONE, endedAt: knownEnd }),
      authTime,
    ),
  ).toBe(verdict);
});
