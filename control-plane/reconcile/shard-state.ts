/**
 * What a shard's record must say, and for how long. Pure. An entry ends when no token can live any more that was signed
 * before it; what is dropped earlier, the floor stands in for.
 */
import { reachOf, type Revocation, type ShardState } from "../../ledger/records";
import { encodeShardRecord, markText, MAX_RECORD_BYTES, NO_FLOOR } from "../../session/shard";
import { CLOCK_SKEW, ENTRY_MARGIN } from "../../session/timing";

export interface EntrySettings {
  /** Seconds a token is good for. */
  tokenLifetime: number;
}

/** Characters of a `sid` or `uid` that the record has. */
const PREFIX_LENGTH = 6;
/** What an entry takes of the record. */
const SESSION_BYTES = 6;
const CUTOFF_BYTES = 20;
const EMPTY: ShardState = { version: 0, floor: 0, floorSetAt: 0, entries: "[]" };

interface Entry {
  /** `s` or `u`, and the first characters of the `sid` or `uid`. */
  id: string;
  /** Both 0 for a session. */
  mark: number;
  reach: number;
  /** Unix seconds from which on it is not needed. */
  until: number;
}

/**
 * The state with these revocations; the same object where it has them.
 *
 * @returns undefined where its record has no room for them
 */
export function withRevocations(
  state: ShardState = EMPTY,
  revocations: readonly Revocation[],
  now: number,
  settings: EntrySettings,
): ShardState | undefined {
  const active = entriesOf(state, now);
  const entries = new Map(active.map((entry) => [entry.id, entry]));
  for (const { id, mark, reach, until } of revocations.map((revocation) => entryOf(revocation, settings))) {
    const there = entries.get(id) ?? { mark, reach, until };
    // A prefix may stand for two users or sessions: the later of each says it all.
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
 * The state with a new floor in the place of its entries.
 *
 * @param since the state when the ledger had had what is dropped for long enough; what came later stays. Absent where
 *   there was none
 * @param others what had no room, and what the floor stands for too
 */
export function raised(
  state: ShardState = EMPTY,
  since: ShardState | undefined,
  others: readonly Revocation[],
  now: number,
  settings: EntrySettings,
): ShardState {
  const dropped = parse(since ?? EMPTY);
  const texts = dropped.map((entry) => JSON.stringify(entry));
  const entries = parse(state).filter((entry) => !texts.includes(JSON.stringify(entry)));
  // Others may have recorded them by clocks that are ahead of this one.
  const covered = [...dropped.map(({ until }) => until - lifetime(settings)), ...others.map((one) => one.recordedAt)];
  return {
    version: state.version + 1,
    floor: Math.max(state.floor + 1, now),
    floorSetAt: Math.max(now, state.floorSetAt, ...covered.map((recordedAt) => recordedAt + 1)),
    entries: JSON.stringify(entries),
  };
}

/** The record of a shard; undefined where the gate needs none. */
export function recordText(state: ShardState | undefined, now: number, settings: EntrySettings): string | undefined {
  if (!state) return undefined;
  const entries = entriesOf(state, now);
  const floor = state.floorSetAt + lifetime(settings) > now ? state.floor : 0;
  return entries.length === 0 && floor === 0 ? undefined : recordOf(floor, entries);
}

/**
 * Whether a record is what {@link recordText} gave at some time since the state was written: what is over may still be
 * there.
 */
export function isRecordOf(state: ShardState, text: string | undefined, now: number, settings: EntrySettings): boolean {
  const ends = parse(state).map(({ until }) => until);
  const floorEnd = state.floorSetAt + lifetime(settings);
  // It changes when something ends, by the clock of the one who wrote it.
  const changes = [...ends, floorEnd].filter((end) => end <= now + 2 * CLOCK_SKEW).flatMap((end) => [end - 1, end]);
  return [now, ...changes].some((time) => recordText(state, time, settings) === text);
}

/** Whether a state says of a revocation what the gate must know: by an entry, or by a floor that was set since. */
export function covers(
  state: ShardState | undefined,
  revocation: Revocation,
  now: number,
  settings: EntrySettings,
): boolean {
  const { id, mark, reach, until } = entryOf(revocation, settings);
  if (until <= now) return true;
  return (
    state !== undefined &&
    (state.floorSetAt > revocation.recordedAt ||
      entriesOf(state, now).some((entry) => entry.id === id && entry.mark >= mark && entry.reach >= reach))
  );
}

/** From the ledger alone: so a command that comes again, however late, changes nothing. */
function entryOf(revocation: Revocation, settings: EntrySettings): Entry {
  const until = revocation.recordedAt + lifetime(settings);
  return revocation.kind === "session"
    ? { id: `s${revocation.sid!.slice(0, PREFIX_LENGTH)}`, mark: 0, reach: 0, until }
    : { id: `u${revocation.uid!.slice(0, PREFIX_LENGTH)}`, mark: revocation.mark, reach: reachOf(revocation), until };
}

/** Seconds from a revocation or a floor until no token from before it can pass. */
function lifetime({ tokenLifetime }: EntrySettings): number {
  return tokenLifetime + ENTRY_MARGIN;
}

function recordOf(floor: number, entries: readonly Entry[]): string {
  const ofKind = (kind: string) =>
    entries.filter(({ id }) => id[0] === kind).map((entry) => ({ ...entry, id: entry.id.slice(1) }));
  return encodeShardRecord({
    floor: floor === 0 ? NO_FLOOR : markText(floor),
    revokedSessions: ofKind("s").map(({ id }) => id),
    cutoffs: ofKind("u").map(({ id, mark, reach }) => ({ uid: id, mark, reach })),
  });
}

/** Bytes of the record. */
function sizeOf(entries: readonly Entry[]): number {
  return (
    NO_FLOOR.length +
    ".".length +
    entries.reduce((bytes, { id }) => bytes + (id[0] === "s" ? SESSION_BYTES : CUTOFF_BYTES), 0)
  );
}

function entriesOf(state: ShardState, now: number): Entry[] {
  return parse(state).filter(({ until }) => until > now);
}

function parse({ entries }: ShardState): Entry[] {
  return JSON.parse(entries) as Entry[];
}
