/**
 * Computes the entries of a shard's record, and how long they are needed. Pure functions. An entry expires when every
 * token that was signed before it has expired: `lifetime` seconds after its revocation. The floor replaces entries that
 * are dropped earlier.
 */
import { reachOf, type Revocation, type ShardState } from "../../ledger/records";
import {
  CUTOFF_LENGTH,
  encodeShardRecord,
  MARK_LENGTH,
  markText,
  MAX_RECORD_BYTES,
  PREFIX_LENGTH,
} from "../../session/shard";
import { CLOCK_SKEW } from "../../session/timing";

/**
 * Seconds by which another writer's clock may be ahead. Entries that expire within that time may already be gone, so a
 * comparison must not report them.
 */
export const CLOCKS_APART = 2 * CLOCK_SKEW;
const EMPTY: ShardState = { version: 0, floor: 0, floorSetAt: 0, entries: "[]" };

interface Entry {
  /** `s` or `u`, and the first characters of the `sid` or `uid`. */
  id: string;
  /** Both 0 for a session. */
  mark: number;
  reach: number;
  /** Unix seconds: when the entry expires. */
  until: number;
}

/**
 * Adds revocations to a state.
 *
 * @returns the same object if it already has them; undefined if its record has no room for them
 */
export function withRevocations(
  state: ShardState = EMPTY,
  revocations: readonly Revocation[],
  now: number,
  lifetime: number,
): ShardState | undefined {
  const entries = new Map(entriesOf(state, now).map((entry) => [entry.id, entry]));
  for (const { id, mark, reach, until } of revocations.map((revocation) => entryOf(revocation, lifetime))) {
    const there = entries.get(id) ?? { mark, reach, until };
    // Two users or sessions may share a prefix: the later of each value covers both.
    if (until > now)
      entries.set(id, {
        id,
        mark: Math.max(mark, there.mark),
        reach: Math.max(reach, there.reach),
        until: Math.max(until, there.until),
      });
  }
  const all = [...entries.values()];
  const text = JSON.stringify(all);
  if (text === state.entries) return state;
  return sizeOf(all) > MAX_RECORD_BYTES ? undefined : { ...state, version: state.version + 1, entries: text };
}

/**
 * Replaces the entries of a state with a new floor.
 *
 * @param since the state before the wait for ledger reads in progress (`BEFORE_FLOOR`); undefined if there was none.
 *   Its entries are dropped, later ones stay
 * @param others revocations that had no room; the floor covers them too
 */
export function raised(
  state: ShardState = EMPTY,
  since: ShardState | undefined,
  others: readonly Revocation[],
  now: number,
  lifetime: number,
): ShardState {
  const dropped = parse(since ?? EMPTY);
  const texts = dropped.map((entry) => JSON.stringify(entry));
  const entries = parse(state).filter((entry) => !texts.includes(JSON.stringify(entry)));
  // The clocks of other writers may be ahead of this one.
  const covered = [...dropped.map(({ until }) => until - lifetime), ...others.map((one) => one.recordedAt)];
  return {
    version: state.version + 1,
    floor: Math.max(state.floor + 1, now),
    floorSetAt: Math.max(now, state.floorSetAt, ...covered.map((recordedAt) => recordedAt + 1)),
    entries: JSON.stringify(entries),
  };
}

/** The record of a shard; undefined if the gate needs none. */
export function recordText(state: ShardState = EMPTY, now: number, lifetime: number): string | undefined {
  const entries = entriesOf(state, now);
  const floor = state.floorSetAt + lifetime > now ? state.floor : 0;
  if (entries.length === 0 && floor === 0) return undefined;
  return encodeShardRecord({
    floor: markText(floor),
    revokedSessions: entries.filter(isOfSession).map(({ id }) => id.slice(1)),
    cutoffs: entries
      .filter((entry) => !isOfSession(entry))
      .map(({ id, mark, reach }) => ({ uid: id.slice(1), mark, reach })),
  });
}

/**
 * True if {@link recordText} may have returned this text since the state was written. A record may still have entries
 * that have expired.
 */
export function isRecordOf(state: ShardState, text: string | undefined, now: number, lifetime: number): boolean {
  const ends = parse(state).map(({ until }) => until);
  const floorEnd = state.floorSetAt + lifetime;
  // The text changes whenever something expires, by the writer's clock.
  const changes = [...ends, floorEnd].filter((end) => end <= now + CLOCKS_APART).flatMap((end) => [end - 1, end]);
  return [now, ...changes].some((time) => recordText(state, time, lifetime) === text);
}

/** True if a state covers a revocation, by an entry or by a later floor, or if the gate no longer needs it. */
export function covers(state: ShardState = EMPTY, revocation: Revocation, now: number, lifetime: number): boolean {
  const { id, mark, reach, until } = entryOf(revocation, lifetime);
  return (
    until <= now ||
    state.floorSetAt > revocation.recordedAt ||
    entriesOf(state, now).some((entry) => entry.id === id && entry.mark >= mark && entry.reach >= reach)
  );
}

/** Computed from the ledger alone, so that a repeated command changes nothing, however late it is. */
function entryOf(revocation: Revocation, lifetime: number): Entry {
  const until = revocation.recordedAt + lifetime;
  return revocation.kind === "session"
    ? { id: `s${revocation.sid!.slice(0, PREFIX_LENGTH)}`, mark: 0, reach: 0, until }
    : { id: `u${revocation.uid!.slice(0, PREFIX_LENGTH)}`, mark: revocation.mark, reach: reachOf(revocation), until };
}

/** Bytes of the record. */
function sizeOf(entries: readonly Entry[]): number {
  const sizes = entries.map((entry) => (isOfSession(entry) ? PREFIX_LENGTH : CUTOFF_LENGTH));
  return sizes.reduce((total, size) => total + size, MARK_LENGTH + ".".length);
}

function isOfSession({ id }: Entry): boolean {
  return id.startsWith("s");
}

function entriesOf(state: ShardState, now: number): Entry[] {
  return parse(state).filter(({ until }) => until > now);
}

function parse({ entries }: ShardState): Entry[] {
  return JSON.parse(entries) as Entry[];
}
