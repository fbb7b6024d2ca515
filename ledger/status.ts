/** Reads what a sign-in or renewal needs from both tables, in one request. */
import { markText } from "../session/shard";
import { fromItem } from "./item";
import type { LedgerStatus, LedgerSession, Revocation, SessionId, ShardState } from "./records";
import { batchGet, keysOf, recordOf, UnreadableAnswer, type LedgerRequest } from "./request";
import { sessionKeyOf, statusIds } from "./tables";

export interface TableNames {
  sessionsTable: string;
  revocationsTable: string;
}

export function getStatus(
  { sessionsTable, revocationsTable }: TableNames,
  { uid, sid }: SessionId,
): LedgerRequest<LedgerStatus> {
  const ids = statusIds(uid, sid);
  const { read, ...request } = batchGet({
    [sessionsTable]: keysOf([sessionKeyOf(uid, sid)]),
    [revocationsTable]: keysOf(Object.values(ids).map((id) => ({ id }))),
  });
  return {
    ...request,
    read(output) {
      const { found, rest } = read(output);
      // A key that was not read might be the revocation.
      if (rest) throw new UnreadableAnswer("unprocessed_keys");
      const [session] = found[sessionsTable]!;
      const others = found[revocationsTable]!.map((item) => fromItem<{ id: string }>(item));
      const revocations = others.filter(({ id }) => id !== ids.shard) as unknown as (Revocation & { id: string })[];
      const markOf = (id: string) => readMark(revocations.find((each) => each.id === id)?.mark);
      const shard = others.find(({ id }) => id === ids.shard) as ShardState | undefined;
      return {
        session: session && recordOf<LedgerSession>(session),
        revocations,
        mark: markOf(ids.user),
        gatewayMark: markOf(ids.gateway),
        floor: markText(readMark(shard?.floor)),
      };
    },
  };
}

/**
 * @throws UnreadableAnswer if it is not a mark: with such a value, a session or token could never be revoked, or would
 * always be revoked
 */
export function readMark(mark: number | undefined = 0): number {
  if (!Number.isSafeInteger(mark) || mark < 0) throw new UnreadableAnswer("unreadable_mark");
  return mark;
}

/** The revocations of a user and of the gateway. An access token belongs to no session, so only these can end it. */
export function getRevocations(table: string, uid: string): LedgerRequest<Revocation[]> {
  const { user, gateway } = statusIds(uid, uid);
  const { read, ...request } = batchGet({ [table]: keysOf([user, gateway].map((id) => ({ id }))) });
  return {
    ...request,
    read(output) {
      const { found, rest } = read(output);
      // A key that was not read might be the revocation.
      if (rest) throw new UnreadableAnswer("unprocessed_keys");
      return found[table]!.map((item) => recordOf<Revocation>(item));
    },
  };
}
