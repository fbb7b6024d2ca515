/** The ledger in DynamoDB. */
import { setTimeout } from "node:timers/promises";
import type { SessionPointer } from "../../../ledger/records";
import type { LedgerRequest, Part } from "../../../ledger/request";
import { getServiceTokenStatus, putServiceTokenUse } from "../../../ledger/service-tokens";
import * as sessions from "../../../ledger/sessions";
import { getStatus, type TableNames } from "../../../ledger/status";
import { prepareAwsCalls } from "../../shared/aws/call";
import { sendToLedger as send } from "../../shared/aws/dynamodb";
import { Failure } from "../failures";
import type { Ledger } from "../ports";

/** A sign-in and a renewal make as many calls at a time. */
const PARALLEL_CALLS = 2;
/**
 * A page is 1 MB, about 5,000 pointers. If a provider's session has more of them, reading all would take longer than
 * the request has.
 */
const MAX_PAGES = 3;
/**
 * Attempts to write all pointers while DynamoDB leaves some unprocessed, and the milliseconds to wait after the first
 * one.
 */
const TRIES = 3;
const PAUSE = 50;

/** @param names of the tables; called for every request, because the settings may change */
export function dynamoDbLedger(names: () => Promise<TableNames>): Ledger {
  const ask = async <T>(requestFor: (names: TableNames) => LedgerRequest<T>) => send(requestFor(await names()));
  /** A request to the sessions table. */
  const onSessions = <T>(requestFor: (table: string) => LedgerRequest<T>) =>
    ask(({ sessionsTable }) => requestFor(sessionsTable));

  return {
    prepare: () => prepareAwsCalls("dynamodb", PARALLEL_CALLS),
    status: (key) => ask((tables) => getStatus(tables, key)),
    session: (key) => onSessions((table) => sessions.getSession(table, key)),
    async point(session) {
      let { rest } = await onSessions((table) => sessions.putPointers(table, session));
      for (let tries = 1; rest; tries++) {
        if (tries === TRIES) throw new Failure("ledger_unavailable", "unprocessed_items");
        await setTimeout(PAUSE * tries);
        ({ rest } = await send(rest));
      }
    },
    open: (session) => onSessions((table) => sessions.putSession(table, session)),
    claim: (claim) => onSessions((table) => sessions.claimLease(table, claim)),
    release: (key, lease, next) => onSessions((table) => sessions.releaseLease(table, key, lease, next)),
    async watch(key, lease) {
      await onSessions((table) => sessions.noteWatch(table, key, lease));
    },
    renew: (renewal) => onSessions((table) => sessions.recordRenewal(table, renewal)),
    bindDevice: (key, deviceKey) => onSessions((table) => sessions.bindDevice(table, key, deviceKey)),
    async end(key, at) {
      await onSessions((table) => sessions.endSession(table, key, at));
    },
    async recordReuse(key, what, at) {
      await onSessions((table) => sessions.recordReuse(table, key, what, at));
    },
    async bySid(sid) {
      const pointer = await onSessions((table) => sessions.getPointer(table, sid));
      return pointer && onSessions((table) => sessions.getSession(table, pointer));
    },
    async byIdpSession(idpSession) {
      const pointers: SessionPointer[] = [];
      let part: Part<SessionPointer> = await onSessions((table) => sessions.getPointersOfIdpSession(table, idpSession));
      pointers.push(...part.found);
      for (let page = 1; part.rest && page < MAX_PAGES; page++) {
        part = await send(part.rest);
        pointers.push(...part.found);
      }
      return { pointers, hasMore: part.rest !== undefined };
    },
    async sessions(keys) {
      if (keys.length === 0) return [];
      const { found, rest } = await onSessions((table) => sessions.getSessions(table, keys));
      if (rest) throw new Failure("ledger_unavailable", "unprocessed_keys");
      return found;
    },
    async markEnded(idpSession, at) {
      await onSessions((table) => sessions.putIdpSessionEnd(table, idpSession, at));
    },
    endOf: async (idpSession) => (await onSessions((table) => sessions.getIdpSessionEnd(table, idpSession)))?.endedAt,
    wasTaken: async (hash) => (await onSessions((table) => sessions.getTakenToken(table, hash))) !== undefined,
    take: (hash, expiresAt) => onSessions((table) => sessions.putTakenToken(table, hash, expiresAt)),
    claimAccessRequest: (hash, record, at) =>
      onSessions((table) => sessions.claimAccessRequest(table, hash, record, at)),
    accessRequest: (hash) => onSessions((table) => sessions.getAccessRequest(table, hash)),
    async recordAccessRequest(hash, record) {
      await onSessions((table) => sessions.putAccessRequest(table, hash, record));
    },
    async releaseAccessRequest(hash, click) {
      await onSessions((table) => sessions.releaseAccessRequest(table, hash, click));
    },
    serviceToken: (id) => ask(({ revocationsTable }) => getServiceTokenStatus(revocationsTable, id)),
    async noteUse(id, day, expiresAt) {
      await onSessions((table) => putServiceTokenUse(table, id, day, expiresAt));
    },
  };
}
