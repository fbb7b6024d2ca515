/** Which access tokens a revocation leaves valid, to the second. */
import type { VerifiedAccessToken } from "../../../edge-handlers/shared/access-token";
import { isSinceCutoffs } from "../../../edge-handlers/shared/token-cutoffs";
import type { Revocation } from "../../../ledger/records";
import type { AccessTokenProfile } from "../../../session/access-tokens";
import { CLOCK_SKEW } from "../../../session/timing";

const NOW = 1_800_000_000;
const CUTOFF = NOW - 1_000;
/** The first second that is certainly after the cut-off, by the issuer's clock. */
const SINCE = CUTOFF + 61;
const UNREADABLE = undefined as unknown as number;

const revocation = (changes: Partial<Revocation> = {}): Revocation => ({
  kind: "user",
  uid: "alice-0000000000",
  mark: 1,
  cutoff: CUTOFF,
  recordedAt: CUTOFF,
  until: NOW + 3_600,
  by: "operator:test",
  reason: "",
  expiresAt: NOW + 86_400,
  ...changes,
});

/** Of a person who has authenticated since. */
const token = (changes: Partial<VerifiedAccessToken> = {}): VerifiedAccessToken => ({
  issuerId: "main",
  user: { issuer: "https://login.example.com", subject: "alice", email: "", roles: [] },
  claims: {},
  scopes: [],
  issuedAt: SINCE,
  expiresAt: NOW + 600,
  authTime: SINCE,
  strength: "",
  clientId: "shell",
  ...changes,
});
/** Whose authentication the token does not tell. */
const silent = (changes: Partial<VerifiedAccessToken> = {}): VerifiedAccessToken => {
  const { authTime: _, ...rest } = token(changes);
  return rest;
};
const program = (changes: Partial<VerifiedAccessToken> = {}) => silent({ clientId: "alice", ...changes });

const CASES: [name: string, revocations: Revocation[], token: VerifiedAccessToken, isValid: boolean][] = [
  ["no revocation", [], silent({ issuedAt: 0 }), true],
  ["issued and authenticated since", [revocation()], token(), true],
  ["issued before, by a clock that may be ahead", [revocation()], token({ issuedAt: SINCE - 1 }), false],
  ["authenticated before, by a clock that may be ahead", [revocation()], token({ authTime: SINCE - 1 }), false],
  ["no authentication told", [revocation()], silent(), false],
  ["a revocation of somebody else's session", [revocation({ kind: "session" })], silent({ issuedAt: 0 }), true],
  ["a program, issued since", [revocation()], program(), true],
  ["a program, issued before", [revocation()], program({ issuedAt: SINCE - 1 }), false],
  ["a lockdown, issued since", [revocation({ kind: "gateway" })], silent(), true],
  ["a lockdown, issued before", [revocation({ kind: "gateway" })], token({ issuedAt: SINCE - 1 }), false],
  ["a lockdown, and a program from before", [revocation({ kind: "gateway" })], program({ issuedAt: 0 }), false],
  ["a second revocation, after it", [revocation(), revocation({ cutoff: NOW })], token(), false],
  ["no longer in effect by any clock", [revocation({ until: NOW - 2 * CLOCK_SKEW })], silent(), true],
  ["still in effect by some clock", [revocation({ until: NOW - 2 * CLOCK_SKEW + 1 })], silent(), false],
  ["no longer in effect, issued before", [revocation({ until: 0 })], token({ issuedAt: SINCE - 1 }), false],
  ["an unreadable cut-off", [revocation({ cutoff: UNREADABLE })], token(), false],
  ["an unreadable end", [revocation({ until: UNREADABLE })], silent(), false],
  ["an unreadable time of issue", [revocation()], token({ issuedAt: UNREADABLE }), false],
];

test.each(CASES)("%s", (_, revocations, verified, isValid) => {
  expect(isSinceCutoffs(revocations, verified, { profile: "generic" } as never, NOW)).toBe(isValid);
});

test.each<[profile: AccessTokenProfile | undefined, isMachine: boolean]>([
  ["github", true],
  ["gitlab", true],
  ["aws", true],
  ["generic", false],
  ["entra", false],
  ["cognito", false],
  [undefined, false],
])("a new token of the profile %s is new proof in itself: %s", (profile, isMachine) => {
  expect(isSinceCutoffs([revocation()], silent(), { profile } as never, NOW)).toBe(isMachine);
  expect(isSinceCutoffs([revocation()], silent({ issuedAt: SINCE - 1 }), { profile } as never, NOW)).toBe(false);
});
