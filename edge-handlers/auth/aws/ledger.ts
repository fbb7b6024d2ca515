/** Sends the ledger's requests to DynamoDB. */
import { setTimeout } from "node:timers/promises";
import type { SessionPointer } from "../../../ledger/records";
import type { LedgerRequest, Output, Part } from "../../../ledger/request";
import {
  claimLease,
  endSession,
  getIdpSessionEnd,
  getPointer,
  getPointersOfIdpSession,
  getSession,
  getSessions,
  getTakenToken,
  noteWatch,
  putIdpSessionEnd,
  putPointers,
  putSession,
  putTakenToken,
  recordRenewal,
  recordReuse,
  releaseLease,
} from "../../../ledger/sessions";
import { getStatus, type TableNames } from "../../../ledger/status";
import { AwsError, callAws } from "../../shared/aws/call";
import { safeCode } from "../../shared/failure";
import { Failure } from "../failures";
import type { Ledger } from "../ports";

const CONDITION_FAILED = "ConditionalCheckFailedException";
/**
 * Made once: a write whose answer was lost would find itself when it is made again, and take itself for somebody
 * else's.
 */
const MADE_ONCE: readonly string[] = ["PutItem", "UpdateItem"];
/**
 * A page is 1 MB, some five thousand pointers. Reading those of somebody who signed in more often at one session of a
 * provider would take longer than the request has.
 */
const MAX_PAGES = 3;
/** How often what DynamoDB left over is tried again, and the milliseconds before that. */
const TRIES = 3;
const PAUSE = 50;

/** @param names of the tables; asked for at every call: the settings may change */
export function dynamoDbLedger(names: () => Promise<TableNames>): Ledger {
  const ask = async <T>(requestFor: (names: TableNames) => LedgerRequest<T>) => send(requestFor(await names()));
  /** A request to the sessions table. */
  const sessions = <T>(requestFor: (table: string) => LedgerRequest<T>) =>
    ask(({ sessionsTable }) => requestFor(sessionsTable));

  return {
    status: (key) => ask((tables) => getStatus(tables, key)),
    session: (key) => sessions((table) => getSession(table, key)),
    async point(session) {
      let { rest } = await sessions((table) => putPointers(table, session));
      for (let tries = 1; rest; tries++) {
        if (tries === TRIES) throw new Failure("ledger_unavailable", "unprocessed_items");
        await setTimeout(PAUSE * tries);
        ({ rest } = await send(rest));
      }
    },
    open: (session) => sessions((table) => putSession(table, session)),
    claim: (claim) => sessions((table) => claimLease(table, claim)),
    release: (key, lease, next) => sessions((table) => releaseLease(table, key, lease, next)),
    watch: (key, lease) => sessions((table) => noteWatch(table, key, lease)),
    renew: (renewal) => sessions((table) => recordRenewal(table, renewal)),
    end: (key, at) => sessions((table) => endSession(table, key, at)),
    recordReuse: (key, what, at) => sessions((table) => recordReuse(table, key, what, at)),
    async bySid(sid) {
      const pointer = await sessions((table) => getPointer(table, sid));
      return pointer && sessions((table) => getSession(table, pointer));
    },
    async byIdpSession(idpSession) {
      const pointers: SessionPointer[] = [];
      let part: Part<SessionPointer> = await sessions((table) => getPointersOfIdpSession(table, idpSession));
      pointers.push(...part.found);
      for (let page = 1; part.rest && page < MAX_PAGES; page++) {
        part = await send(part.rest);
        pointers.push(...part.found);
      }
      return { pointers, hasMore: part.rest !== undefined };
    },
    async sessions(keys) {
      if (keys.length === 0) return [];
      const { found, rest } = await sessions((table) => getSessions(table, keys));
      if (rest) throw new Failure("ledger_unavailable", "unprocessed_keys");
      return found;
    },
    async markEnded(idpSession, at) {
      await sessions((table) => putIdpSessionEnd(table, idpSession, at));
    },
    endOf: async (idpSession) => (await sessions((table) => getIdpSessionEnd(table, idpSession)))?.endedAt,
    wasTaken: async (hash) => (await sessions((table) => getTakenToken(table, hash))) !== undefined,
    take: (hash, expiresAt) => sessions((table) => putTakenToken(table, hash, expiresAt)),
  };
}

/** @throws Failure `ledger_unavailable` */
async function send<T>({ operation, input, read }: LedgerRequest<T>): Promise<T> {
  try {
    const retries = MADE_ONCE.includes(operation) ? 0 : 1;
    return read((await callAws("dynamodb", operation, input, { retries })) as Output);
  } catch (error) {
    if (error instanceof AwsError && error.code === CONDITION_FAILED) return read(undefined);
    throw new Failure("ledger_unavailable", safeCode(error));
  }
}
