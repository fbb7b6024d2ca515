/** What a shard's record says, as the gate reads it, at every time. */
import { covers, isRecordOf, raised, recordText, withRevocations } from "../../../control-plane/reconcile/shard-state";
import type { Revocation, ShardState } from "../../../ledger/records";
import { judge } from "../../../session/judge";
import { markText, shardOf } from "../../../session/shard";
import { CLOCK_SKEW, ENTRY_MARGIN } from "../../../session/timing";
import { randomId } from "../../support/control-plane/gateway";
import { TOKEN_SECONDS } from "../../support/control-plane/lifetimes";

const NOW = 1_800_000_000;
const LIFE = TOKEN_SECONDS + ENTRY_MARGIN;
const ofUser = (uid = randomId(), more: Partial<Revocation> = {}): Revocation => ({
  kind: "user",
  uid,
  mark: NOW,
  cutoff: NOW,
  recordedAt: NOW,
  until: NOW + 1,
  by: "b",
  reason: "",
  expiresAt: NOW,
  ...more,
});
const ofSession = (sid = randomId()): Revocation => ({ ...ofUser(), kind: "session", sid, mark: 0 });
const add = (state: ShardState | undefined, revocations: Revocation[], now = NOW) =>
  withRevocations(state, revocations, now, LIFE);
const said = (
  state: ShardState,
  of: Revocation,
  now = NOW,
  more: { issuedAt?: number; mark?: number; floor?: string } = {},
) => {
  const text = recordText(state, now, LIFE);
  return text === undefined
    ? "no record"
    : judge(text, [
        of.uid!,
        of.sid ?? randomId(),
        markText(more.issuedAt ?? NOW),
        "",
        shardOf(of.uid!),
        markText(more.mark ?? NOW - 1),
        more.floor ?? "zzzzzzz",
      ]);
};

test("an entry stays until the last token that was signed before it has expired, and no longer", () => {
  for (const one of [ofUser(), ofSession()]) {
    const state = add(undefined, [one])!;
    expect(said(state, one)).toBe("revoked");
    expect(said(state, one, NOW + LIFE - 1)).toBe("revoked");
    expect(recordText(state, NOW + LIFE, LIFE)).toBeUndefined();
  }
});

test("said again it changes nothing; of a later cut-off only the later one is kept", () => {
  const first = ofUser();
  const state = add(undefined, [first])!;
  expect(add(state, [first], NOW + 60)).toBe(state);
  const later = { ...first, mark: NOW + 100, cutoff: NOW + 100 };
  const next = add(state, [later], NOW + 100)!;
  expect(next.version).toBe(2);
  expect(said(next, first, NOW + 100, { mark: NOW + 99, issuedAt: NOW + 400 })).toBe("revoked");
  expect(said(next, first, NOW + 100, { mark: NOW + 100 })).toBe("");
  expect(add(next, [first], NOW + 100)).toBe(next);
  expect(recordText(next, NOW + 100, LIFE)!.length).toBe(7 + 1 + 20);
});

test("a command that comes again late changes nothing, and makes no entry that the store would have to get", () => {
  const [first, second] = [ofUser(), ofSession()];
  const state = add(undefined, [first, second])!;
  expect(add(state, [first, second], NOW + LIFE - 1)).toBe(state);
  expect(add(undefined, [first], NOW + LIFE)?.entries ?? "[]").toBe("[]");
});

test("two sessions whose ids begin alike: the entry lasts for the later one", () => {
  const [first, second] = [ofSession("abcdef0123456789"), { ...ofSession("abcdefABCDEFGHIJ"), recordedAt: NOW + 300 }];
  const state = add(add(undefined, [first])!, [second], NOW + 300)!;
  expect(said(state, second, NOW + LIFE + 299)).toBe("revoked");
});

test("expired entries make room", () => {
  const full = add(
    undefined,
    Array.from({ length: 50 }, () => ofUser()),
  )!;
  expect(add(full, [ofUser()])).toBeUndefined();
  expect(add(full, [ofUser(randomId(), { recordedAt: NOW + LIFE })], NOW + LIFE)).toMatchObject({ version: 2 });
});

test("a new floor stands for what was there before, and keeps what came since", () => {
  const [old, late] = [ofUser(), ofSession()];
  const before = add(undefined, [old])!;
  const now = add(before, [late], NOW + 2)!;
  const state = raised(now, before, [], NOW + 3, LIFE);
  expect(said(state, old)).toBe("");
  expect(said(state, old, NOW, { floor: "0000000" })).toBe("outdated");
  expect(said(state, late)).toBe("revoked");
  expect(raised(state, undefined, [], NOW - 500, LIFE).floor).toBe(state.floor + 1);
  expect(recordText(raised(undefined, undefined, [], NOW, LIFE), NOW + LIFE, LIFE)).toBeUndefined();
});

test.each([-CLOCK_SKEW, 0, CLOCK_SKEW])("a record that another revoker wrote by a clock %i s off is right", (skew) => {
  const state = add(add(undefined, [ofUser(), ofSession()])!, [ofSession()], NOW + 500)!;
  for (const now of [NOW + 501, NOW + LIFE - 60, NOW + LIFE, NOW + LIFE + 60])
    expect(isRecordOf(state, recordText(state, now + skew, LIFE), now, LIFE)).toBe(true);
  expect(isRecordOf(state, "0000000.", NOW + 501, LIFE)).toBe(false);
  expect(isRecordOf(state, undefined, NOW + 501, LIFE)).toBe(false);
});

test("a state covers what it has an entry of, or a later floor", () => {
  const [there, other] = [ofUser(), ofUser()];
  const state = add(undefined, [there])!;
  expect([
    covers(undefined, there, NOW, LIFE),
    covers(state, there, NOW, LIFE),
    covers(state, other, NOW, LIFE),
  ]).toEqual([false, true, false]);
  expect(covers(state, { ...there, mark: NOW + 1 }, NOW, LIFE)).toBe(false);
  expect(covers(undefined, there, NOW + LIFE, LIFE)).toBe(true);
  const floored = raised(state, state, [], NOW + 3, LIFE);
  expect(covers(floored, other, NOW + 3, LIFE)).toBe(true);
  expect(covers(floored, { ...other, recordedAt: NOW + 3 }, NOW + 3, LIFE)).toBe(false);
});

test("a floor covers what it stands for, although the clock that set it is far behind those that recorded it", () => {
  const ahead = NOW + 2 * CLOCK_SKEW;
  const [dropped, refused, later] = [ahead, ahead, ahead + 1].map((recordedAt) => ofUser(randomId(), { recordedAt }));
  const state = add(undefined, [dropped!], ahead)!;
  const floored = raised(state, state, [refused!], NOW, LIFE);
  const again = raised(floored, floored, [], NOW + 3, LIFE);
  for (const one of [floored, again])
    expect([dropped, refused, later].map((revocation) => covers(one, revocation!, NOW, LIFE))).toEqual([
      true,
      true,
      false,
    ]);
});
