/** Requests to the sessions table. */
import { IDP_SESSION_ENDED } from "../session/timing";
import type { Reuse } from "../session/security-event";
import { toItem, toValues, type Item } from "./item";
import type { AccessRequestRecord, Claim, LedgerSession, RenewalRecord, SessionId, SessionPointer } from "./records";
import {
  getItem,
  getItems,
  keysOf,
  putItem,
  readPages,
  recordOf,
  UnreadableAnswer,
  type LedgerRequest,
  type Part,
} from "./request";
import {
  accessRequestKey,
  emailPointerKey,
  endedKeyOf,
  eventKeyOf,
  idpSessionPointerKey,
  sessionKeyOf,
  sidPointerKey,
  startedPointerKey,
} from "./tables";

/** Seconds. A lease whose time is farther away than any two clocks can differ is abandoned. */
export const LEASE_REACH = 300;

/** A value that is never the ID of a real lease. */
const NO_LEASE = "-";

const IS_NEW = { ConditionExpression: "attribute_not_exists(pk)" };

export const getSession = (table: string, { uid, sid }: SessionId) =>
  getItem<LedgerSession>(table, sessionKeyOf(uid, sid));

/** At most 100. Sessions that do not exist are left out. */
export const getSessions = (table: string, sessions: readonly SessionId[]) =>
  getItems(table, keysOf(sessions.map(({ uid, sid }) => sessionKeyOf(uid, sid))), recordOf<LedgerSession>);

export const getPointer = (table: string, sid: string) => getItem<SessionPointer>(table, sidPointerKey(sid));

/** All sessions of a user, including ended ones, newest first. */
export const getSessionsOf = (table: string, uid: string) =>
  queryPartition<LedgerSession>(table, sessionKeyOf(uid, "").pk);

/** @param email in any case; or a `login` */
export const getPointersOfEmail = (table: string, email: string) =>
  queryPartition<SessionPointer>(table, emailPointerKey(email, "").pk);

/** The sign-ins of the hour that contains `time`, newest first. */
export const getPointersOfHour = (table: string, time: number) =>
  queryPartition<SessionPointer>(table, startedPointerKey(time, "").pk);

export function getPointersOfIdpSession(table: string, idpSession: string): LedgerRequest<Part<SessionPointer>> {
  const { pk, sk } = idpSessionPointerKey(idpSession, "");
  return readPages("Query", {
    TableName: table,
    KeyConditionExpression: "pk = :pk AND begins_with(sk, :sk)",
    ExpressionAttributeValues: toValues({ pk, sk }),
    ConsistentRead: true,
  });
}

/** Writes the items by which a session is found. `rest` repeats what DynamoDB left unwritten. */
export function putPointers(
  table: string,
  {
    uid,
    sid,
    idpSession,
    email,
    login = "",
    startedAt,
    expiresAt,
  }: Pick<LedgerSession, "uid" | "sid" | "idpSession" | "email" | "login" | "startedAt" | "expiresAt">,
): LedgerRequest<Part<never>> {
  const pointer: SessionPointer = { uid, sid, expiresAt };
  const keys = [
    sidPointerKey(sid),
    startedPointerKey(startedAt, sid),
    ...(email || login ? [emailPointerKey(email || login, uid)] : []),
    ...(idpSession === undefined ? [] : [idpSessionPointerKey(idpSession, sid)]),
  ];
  return writeItems({ [table]: keys.map((key) => ({ PutRequest: { Item: toItem({ ...key, ...pointer }) } })) });
}

/** `false` if the session already exists. */
export const putSession = (table: string, session: LedgerSession) =>
  putItem(table, { ...sessionKeyOf(session.uid, session.sid), ...session }, IS_NEW);

/**
 * Takes the lease of a session that is at that generation and has not ended, unless another request holds it.
 *
 * @returns the session with the lease; undefined if the lease was not taken
 */
export function claimLease(
  table: string,
  { generation, lease, at, dead = NO_LEASE, ...session }: Claim,
): LedgerRequest<LedgerSession | undefined> {
  const { input, ...request } = update(
    table,
    session,
    "SET lease = :lease, leasedAt = :at REMOVE watched",
    "generation = :generation AND attribute_not_exists(endedAt) AND (attribute_not_exists(lease) OR lease = :dead OR leasedAt < :from OR leasedAt > :to)",
    { generation, lease, at, dead, from: at - LEASE_REACH, to: at + LEASE_REACH },
  );
  return {
    ...request,
    input: { ...input, ReturnValues: "ALL_NEW" },
    read: (output) => output && recordOf(output.Attributes as Item),
  };
}

/** @param next what the next holder must know; if absent, the stored value stays */
export const releaseLease = (table: string, session: SessionId, lease: string, next: string | undefined) =>
  update(
    table,
    session,
    `${next === undefined ? "" : "SET #next = :next "}REMOVE lease, leasedAt, watched`,
    "lease = :lease",
    { lease, next },
  );

/** Notes that a lease was watched for most of the time that its holder could still be running. */
export const noteWatch = (table: string, session: SessionId, lease: string) =>
  update(table, session, "SET watched = :lease", "lease = :lease AND attribute_not_exists(watched)", { lease });

/** Moves a session to the next generation and ends the lease. */
export const recordRenewal = (
  table: string,
  { uid, sid, generation, renewedAt, address, email, lease, next }: RenewalRecord,
) =>
  update(
    table,
    { uid, sid },
    "SET generation = :following, renewedAt = :renewedAt, address = :address, email = :email, #next = :next REMOVE lease, leasedAt, watched",
    "generation = :generation AND attribute_not_exists(endedAt) AND lease = :lease",
    { generation, following: generation + 1, renewedAt, address, email, next, lease },
  );

/** Binds a session to a key of the browser's device, once. */
export const bindDevice = (table: string, session: SessionId, deviceKey: string) =>
  update(
    table,
    session,
    "SET deviceKey = :deviceKey",
    "attribute_exists(pk) AND attribute_not_exists(endedAt) AND (attribute_not_exists(deviceKey) OR deviceKey = :deviceKey)",
    { deviceKey },
  );

/** Records that the user signed out. */
export const endSession = (table: string, session: SessionId, at: number) =>
  update(table, session, "SET endedAt = :at", "attribute_exists(pk) AND attribute_not_exists(endedAt)", { at });

export const recordReuse = (table: string, session: SessionId, what: Reuse, at: number) =>
  update(table, session, "SET reuse = :what, reusedAt = :at", "attribute_exists(pk)", { what, at });

/** Records that the provider ended its session. */
export const putIdpSessionEnd = (table: string, idpSession: string, at: number) =>
  putItem(table, { ...endedKeyOf(idpSession), endedAt: at, expiresAt: at + IDP_SESSION_ENDED });

export const getIdpSessionEnd = (table: string, idpSession: string) =>
  getItem<{ endedAt: number }>(table, endedKeyOf(idpSession));

/** @param hash of a security event token's sender, issuer and `jti` */
export const getTakenToken = (table: string, hash: string) => getItem(table, eventKeyOf(hash));

/** `false` if the token was already recorded. */
export const putTakenToken = (table: string, hash: string, expiresAt: number) =>
  putItem(table, { ...eventKeyOf(hash), expiresAt }, IS_NEW);

export const getAccessRequest = (table: string, hash: string) =>
  getItem<AccessRequestRecord>(table, accessRequestKey(hash));

/** `false` if another click has it, or has sent it. @param at Unix seconds */
export const claimAccessRequest = (table: string, hash: string, record: AccessRequestRecord, at: number) =>
  putAccessRequest(table, hash, record, {
    ConditionExpression: "attribute_not_exists(pk) OR heldUntil <= :at",
    ExpressionAttributeValues: toValues({ at }),
  });

/** Replaces what is there: the site was told, whatever another click has done meanwhile. */
export const putAccessRequest = (table: string, hash: string, record: AccessRequestRecord, condition?: object) =>
  putItem(table, { ...accessRequestKey(hash), ...record, expiresAt: record.heldUntil }, condition);

/** Lets another click send it. `false` if another one has it already, or if it was sent. */
export const releaseAccessRequest = (table: string, hash: string, click: string) =>
  updateItem(
    table,
    accessRequestKey(hash),
    "SET heldUntil = :none",
    "click = :click AND attribute_not_exists(sentAt)",
    { click, none: 0 },
  );

function queryPartition<T>(table: string, pk: string): LedgerRequest<Part<T>> {
  return readPages("Query", {
    TableName: table,
    ConsistentRead: true,
    KeyConditionExpression: "pk = :pk",
    ExpressionAttributeValues: toValues({ pk }),
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

/** As {@link updateItem}. */
function update(
  table: string,
  { uid, sid }: SessionId,
  UpdateExpression: string,
  ConditionExpression: string,
  values: object,
): LedgerRequest<boolean> {
  return updateItem(table, sessionKeyOf(uid, sid), UpdateExpression, ConditionExpression, values);
}

/**
 * @param values by name, without the colon
 * @returns false if the condition is not met
 */
function updateItem(
  table: string,
  key: object,
  UpdateExpression: string,
  ConditionExpression: string,
  values: object,
): LedgerRequest<boolean> {
  return {
    operation: "UpdateItem",
    input: {
      TableName: table,
      Key: toItem(key),
      UpdateExpression,
      ConditionExpression,
      // A reserved word (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html).
      ...(UpdateExpression.includes("#next") && { ExpressionAttributeNames: { "#next": "next" } }),
      ExpressionAttributeValues: toValues(values),
    },
    read: (output) => output !== undefined,
  };
}
