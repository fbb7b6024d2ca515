/** What is asked of the sessions table, and written there. */
import { IDP_SESSION_ENDED } from "../session/timing";
import type { Reuse } from "../session/security-event";
import { toItem, type Item } from "./item";
import type { Claim, LedgerSession, RenewalRecord, SessionId, SessionPointer } from "./records";
import {
  getItem,
  getItems,
  keysOf,
  putItem,
  readPages,
  recordOf,
  UnreadableAnswer,
  type LedgerRequest,
  type Output,
  type Part,
} from "./request";
import {
  emailPointerKey,
  endedKeyOf,
  eventKeyOf,
  idpSessionPointerKey,
  sessionKeyOf,
  sidPointerKey,
  startedPointerKey,
} from "./tables";

/** Seconds: a lease of a time that is farther away than two clocks can differ is one that nobody holds. */
export const LEASE_REACH = 300;

/** Never the id of a lease. */
const NO_LEASE = "-";

const IS_NEW = { ConditionExpression: "attribute_not_exists(pk)" };

export const getSession = (table: string, { uid, sid }: SessionId) =>
  getItem<LedgerSession>(table, sessionKeyOf(uid, sid));

/** At most a hundred; without those that are not there. */
export const getSessions = (table: string, sessions: readonly SessionId[]) =>
  getItems(table, keysOf(sessions.map(({ uid, sid }) => sessionKeyOf(uid, sid))), recordOf<LedgerSession>);

export const getPointer = (table: string, sid: string) => getItem<SessionPointer>(table, sidPointerKey(sid));

/** All sessions of a user, newest first, those that are over included. */
export const getSessionsOf = (table: string, uid: string) =>
  queryPartition<LedgerSession>(table, sessionKeyOf(uid, "").pk);

/** @param email whatever its case */
export const getPointersOfEmail = (table: string, email: string) =>
  queryPartition<SessionPointer>(table, emailPointerKey(email, "").pk);

/** The sign-ins of the hour that `time` is in, newest first. */
export const getPointersOfHour = (table: string, time: number) =>
  queryPartition<SessionPointer>(table, startedPointerKey(time, "").pk);

export function getPointersOfIdpSession(table: string, idpSession: string): LedgerRequest<Part<SessionPointer>> {
  const { pk, sk } = idpSessionPointerKey(idpSession, "");
  return readPages("Query", {
    TableName: table,
    KeyConditionExpression: "pk = :pk AND begins_with(sk, :sk)",
    ExpressionAttributeValues: toItem({ ":pk": pk, ":sk": sk }),
    ConsistentRead: true,
  });
}

/** The items by which a session is found; what DynamoDB leaves unwritten is the rest. */
export function putPointers(
  table: string,
  {
    uid,
    sid,
    idpSession,
    email,
    startedAt,
    expiresAt,
  }: Pick<LedgerSession, "uid" | "sid" | "idpSession" | "email" | "startedAt" | "expiresAt">,
): LedgerRequest<Part<never>> {
  const pointer: SessionPointer = { uid, sid, expiresAt };
  const keys = [
    sidPointerKey(sid),
    startedPointerKey(startedAt, sid),
    ...(email ? [emailPointerKey(email, uid)] : []),
    ...(idpSession === undefined ? [] : [idpSessionPointerKey(idpSession, sid)]),
  ];
  return writeItems({ [table]: keys.map((key) => ({ PutRequest: { Item: toItem({ ...key, ...pointer }) } })) });
}

/** `false` where the session is there already. */
export const putSession = (table: string, session: LedgerSession) =>
  putItem(table, { ...sessionKeyOf(session.uid, session.sid), ...session }, IS_NEW);

/**
 * Takes the lease of a session that is at that generation and has not ended, unless somebody else has it: the session as
 * it is from now on.
 */
export function claimLease(
  table: string,
  { generation, lease, at, dead = NO_LEASE, ...session }: Claim,
): LedgerRequest<LedgerSession | undefined> {
  return update(
    table,
    session,
    {
      UpdateExpression: "SET lease = :lease, leasedAt = :at REMOVE watched",
      ConditionExpression:
        "generation = :generation AND attribute_not_exists(endedAt) AND (attribute_not_exists(lease) OR lease = :dead OR leasedAt < :from OR leasedAt > :to)",
      ReturnValues: "ALL_NEW",
    },
    {
      ":generation": generation,
      ":lease": lease,
      ":at": at,
      ":dead": dead,
      ":from": at - LEASE_REACH,
      ":to": at + LEASE_REACH,
    },
    (output) => output && recordOf(output.Attributes as Item),
  );
}

/** @param next what the next holder must know; what was there stays where absent */
export function releaseLease(
  table: string,
  session: SessionId,
  lease: string,
  next: string | undefined,
): LedgerRequest<void> {
  return update(
    table,
    session,
    {
      UpdateExpression: `${next === undefined ? "" : "SET #next = :next "}REMOVE lease, leasedAt, watched`,
      ConditionExpression: "lease = :lease",
    },
    { ":lease": lease, ":next": next },
    () => {},
  );
}

/** Notes that a lease was watched for as long as its holder could live, but for a little. */
export function noteWatch(table: string, session: SessionId, lease: string): LedgerRequest<void> {
  return update(
    table,
    session,
    {
      UpdateExpression: "SET watched = :lease",
      ConditionExpression: "lease = :lease AND attribute_not_exists(watched)",
    },
    { ":lease": lease },
    () => {},
  );
}

/** Puts a session at the next generation, and ends the lease. */
export function recordRenewal(
  table: string,
  { uid, sid, generation, renewedAt, address, email, lease, next }: RenewalRecord,
): LedgerRequest<boolean> {
  return update(
    table,
    { uid, sid },
    {
      UpdateExpression:
        "SET generation = :next, renewedAt = :renewedAt, address = :address, email = :email, #next = :sealed REMOVE lease, leasedAt, watched",
      ConditionExpression: "generation = :generation AND attribute_not_exists(endedAt) AND lease = :lease",
    },
    {
      ":generation": generation,
      ":next": generation + 1,
      ":renewedAt": renewedAt,
      ":address": address,
      ":email": email,
      ":sealed": next,
      ":lease": lease,
    },
    (output) => output !== undefined,
  );
}

/** Records that the user signed out. */
export function endSession(table: string, session: SessionId, at: number): LedgerRequest<void> {
  return update(
    table,
    session,
    {
      UpdateExpression: "SET endedAt = :at",
      ConditionExpression: "attribute_exists(pk) AND attribute_not_exists(endedAt)",
    },
    { ":at": at },
    () => {},
  );
}

export function recordReuse(table: string, session: SessionId, what: Reuse, at: number): LedgerRequest<void> {
  return update(
    table,
    session,
    { UpdateExpression: "SET reuse = :what, reusedAt = :at", ConditionExpression: "attribute_exists(pk)" },
    { ":what": what, ":at": at },
    () => {},
  );
}

/** Records that the provider ended its session. */
export const putIdpSessionEnd = (table: string, idpSession: string, at: number) =>
  putItem(table, { ...endedKeyOf(idpSession), endedAt: at, expiresAt: at + IDP_SESSION_ENDED });

export const getIdpSessionEnd = (table: string, idpSession: string) =>
  getItem<{ endedAt: number }>(table, endedKeyOf(idpSession));

/** @param hash of a pushed token's issuer and `jti` */
export const getTakenToken = (table: string, hash: string) => getItem(table, eventKeyOf(hash));

/** `false` where it had been taken. */
export const putTakenToken = (table: string, hash: string, expiresAt: number) =>
  putItem(table, { ...eventKeyOf(hash), expiresAt }, IS_NEW);

function queryPartition<T>(table: string, pk: string): LedgerRequest<Part<T>> {
  return readPages("Query", {
    TableName: table,
    ConsistentRead: true,
    KeyConditionExpression: "pk = :pk",
    ExpressionAttributeValues: toItem({ ":pk": pk }),
    ScanIndexForward: false,
  });
}

function writeItems(RequestItems: object): LedgerRequest<Part<never>> {
  return {
    operation: "BatchWriteItem",
    input: { RequestItems },
    read(output = {}) {
      const { UnprocessedItems: left } = output;
      if (typeof left !== "object" || left === null) throw new UnreadableAnswer("unprocessed_items");
      return { found: [], rest: Object.keys(left).length > 0 ? writeItems(left) : undefined };
    },
  };
}

interface Update {
  UpdateExpression: string;
  ConditionExpression: string;
  ReturnValues?: "ALL_NEW";
}

function update<T>(
  table: string,
  { uid, sid }: SessionId,
  expressions: Update,
  values: object,
  read: (output: Output | undefined) => T,
): LedgerRequest<T> {
  return {
    operation: "UpdateItem",
    input: {
      TableName: table,
      Key: toItem(sessionKeyOf(uid, sid)),
      ...expressions,
      // A reserved word (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html).
      ...(expressions.UpdateExpression.includes("#next") && { ExpressionAttributeNames: { "#next": "next" } }),
      ExpressionAttributeValues: toItem(values),
    },
    read,
  };
}
