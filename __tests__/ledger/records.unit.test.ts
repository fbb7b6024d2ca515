import {
  isRevoked,
  reachOf,
  serviceTokenRefusal,
  type Revocation,
  type ServiceToken,
  type ServiceTokenStatus,
} from "../../ledger/records";
import { CUTOFF_REACH } from "../../session/timing";

const SESSION = { uid: "alice00000000001", sid: "AliceSession0001", startedAt: 10_000, mark: 500, gatewayMark: 70 };
const REST = { recordedAt: 9000, until: 99_999, by: "operator:test", reason: "", expiresAt: 99_999 };
const user = (more: Partial<Revocation> = {}): Revocation => ({
  kind: "user",
  uid: SESSION.uid,
  mark: 501,
  cutoff: 10_000,
  ...REST,
  ...more,
});
const session = (more: Partial<Revocation> = {}): Revocation => ({
  kind: "session",
  uid: SESSION.uid,
  sid: SESSION.sid,
  mark: 0,
  cutoff: 0,
  ...REST,
  ...more,
});
const gateway = (more: Partial<Revocation> = {}): Revocation => ({
  kind: "gateway",
  mark: 71,
  cutoff: 10_000,
  ...REST,
  ...more,
});
const unreadable = undefined as unknown as number;

test.each<[name: string, revocations: Revocation[], isRevoked: boolean]>([
  ["nothing", [], false],
  ["its own revocation", [session()], true],
  ["its own revocation, which has expired", [session({ until: 1 })], true],
  ["its own revocation, by a command that named another user", [session({ uid: "bob0000000000002" })], true],
  ["another session's", [session({ sid: "AliceSession0002" })], false],
  ["its user's, with a later mark", [user()], true],
  ["its user's, with the mark that the sign-in found", [user({ mark: 500 })], false],
  ["its user's, with an earlier mark and a cut-off in the future", [user({ mark: 499, cutoff: 99_999 })], false],
  ["its user's, asked for long after", [user({ cutoff: 99_999 })], true],
  ["its user's, that just reaches it", [user({ cutoff: 10_000 - CUTOFF_REACH })], true],
  ["its user's, that ends a second before it", [user({ cutoff: 9_999 - CUTOFF_REACH })], false],
  ["another user's", [user({ uid: "bob0000000000002" })], false],
  ["the gateway's, with a later mark", [gateway()], true],
  ["the gateway's, with a later mark, asked for long before", [gateway({ cutoff: 0 })], true],
  ["the gateway's, with the mark that the sign-in found", [gateway({ mark: 70 })], false],
  ["two that are none of its, and one that is", [user({ mark: 1 }), gateway({ mark: 1 }), session()], true],
  ["its user's, with an unreadable mark", [user({ mark: unreadable })], true],
  ["its user's, with an unreadable cut-off", [user({ cutoff: unreadable })], true],
  ["the gateway's, with an unreadable mark", [gateway({ mark: NaN })], true],
  ["one of an unknown kind", [user({ kind: "device" as "user" })], true],
])("a session is judged by %s", (_, revocations, expected) => {
  expect(isRevoked(SESSION, revocations)).toBe(expected);
});

test.each<[string, Partial<typeof SESSION>, Revocation]>([
  ["mark", { mark: unreadable }, user({ mark: 1 })],
  ["beginning", { startedAt: unreadable }, user({ cutoff: 1 })],
  ["gateway mark", { gatewayMark: unreadable }, gateway({ mark: 1 })],
])("a session without its %s is revoked", (_, more, revocation) => {
  expect(isRevoked({ ...SESSION, ...more }, [revocation])).toBe(true);
});

test("a cut-off reaches beyond its time", () => {
  expect(reachOf({ cutoff: 1000 })).toBe(1000 + CUTOFF_REACH);
});

const TOKEN = { id: SESSION.sid, createdAt: 10_000, endsAt: 20_000 } as ServiceToken;
const OF_TOKEN = { uid: TOKEN.id, sid: TOKEN.id };

test.each<[name: string, token: Partial<ServiceToken> | undefined, revocations: Revocation[], refusal: unknown]>([
  ["is accepted up to its end", {}, [], undefined],
  ["that the ledger does not have", undefined, [], "unknown"],
  ["that was revoked", { endedAt: 15_000 }, [], "revoked"],
  ["that was revoked as a session", {}, [session(OF_TOKEN)], "revoked"],
  ["that was revoked as a user", {}, [user(OF_TOKEN)], "revoked"],
  ["that was made after that revocation", {}, [user({ ...OF_TOKEN, cutoff: 9_999 - CUTOFF_REACH })], undefined],
  ["with somebody else's revocation", {}, [user(), session({ sid: "AliceSession0002" })], undefined],
  ["survives a lockdown", {}, [gateway()], undefined],
  ["has an unreadable beginning", { createdAt: unreadable }, [user(OF_TOKEN)], "revoked"],
  ["has ended", { endsAt: 19_999 }, [], "expired"],
  ["has an unreadable end", { endsAt: unreadable }, [], "expired"],
])("a service token %s", (_, changes, revocations, refusal) => {
  const status: Pick<ServiceTokenStatus, "token" | "revocations"> = {
    token: changes && { ...TOKEN, ...changes },
    revocations,
  };
  expect(serviceTokenRefusal(status, 19_999)).toBe(refusal);
});
