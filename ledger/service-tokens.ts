/**
 * Service tokens in the ledger. They are in the revocations table, which the handlers at the edge can only read. So a
 * compromised handler cannot make service tokens, and can only use those that it has seen.
 */
import { markText } from "../session/shard";
import { fromItem, toItem, toValues, type Item } from "./item";
import {
  LEDGER_RETENTION,
  type Revocation,
  type ServiceToken,
  type ServiceTokenGrants,
  type ServiceTokenStatus,
  type ShardState,
} from "./records";
import {
  batchGet,
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
import { readMark } from "./status";
import { serviceTokenKey, serviceTokenUseKey, SERVICE_TOKEN_KEY, statusIds } from "./tables";

export const getServiceToken = (table: string, id: string): LedgerRequest<ServiceToken | undefined> => {
  const { read, ...request } = getItem<StoredToken>(table, { id: serviceTokenKey(id) });
  return {
    ...request,
    read(output) {
      const stored = read(output);
      return stored && fromStored(stored);
    },
  };
};

/**
 * @param held the token that it replaces; undefined for a new token
 * @returns false if there is one already, or not the one that it replaces
 */
export const putServiceToken = (table: string, token: ServiceToken, held: ServiceToken | undefined) =>
  putItem(
    table,
    { ...toStored(token), id: serviceTokenKey(token.id) },
    held
      ? { ConditionExpression: "#hash = :hash", ExpressionAttributeNames: { "#hash": "hash" }, ...values(held) }
      : { ConditionExpression: "attribute_not_exists(id)" },
  );

/** All service tokens, in no order. Reads the whole table. */
export function scanServiceTokens(table: string): LedgerRequest<Part<ServiceToken>> {
  const pages = readPages<StoredToken>("Scan", {
    TableName: table,
    ConsistentRead: true,
    FilterExpression: "begins_with(id, :prefix)",
    ExpressionAttributeValues: toValues({ prefix: SERVICE_TOKEN_KEY }),
  });
  return converted(pages, fromStored);
}

/** Reads everything about a service token in one request. */
export function getServiceTokenStatus(table: string, id: string): LedgerRequest<ServiceTokenStatus> {
  const ids = statusIds(id, id);
  const { read, ...request } = batchGet({
    [table]: keysOf([serviceTokenKey(id), ...Object.values(ids)].map((key) => ({ id: key }))),
  });
  return {
    ...request,
    read(output) {
      const { found, rest } = read(output);
      // A key that was not read might be the revocation.
      if (rest) throw new UnreadableAnswer("unprocessed_keys");
      const items = new Map(found[table]!.map((item) => [fromItem<{ id: string }>(item).id, item]));
      const record = <T>(key: string) => (items.has(key) ? recordOf<T>(items.get(key)!) : undefined);
      const stored = record<StoredToken>(serviceTokenKey(id));
      const user = record<Revocation>(ids.user);
      return {
        token: stored && fromStored(stored),
        revocations: [user, record<Revocation>(ids.session), record<Revocation>(ids.gateway)].filter(
          (revocation) => revocation !== undefined,
        ),
        mark: readMark(user?.mark),
        floor: markText(readMark(record<ShardState>(ids.shard)?.floor)),
      };
    },
  };
}

/**
 * Records that a token was used on a day, once a day. This is in the sessions table, which handlers may write.
 *
 * @param day `2026-12-01`
 * @returns false if that was recorded before
 */
export const putServiceTokenUse = (table: string, id: string, day: string, expiresAt: number) =>
  putItem(
    table,
    { ...serviceTokenUseKey(id), tokenId: id, usedOn: day, expiresAt },
    {
      ConditionExpression: "attribute_not_exists(pk) OR usedOn < :day",
      ExpressionAttributeValues: toValues({ day }),
    },
  );

/** The days on which at most 100 tokens were last used. Those that were never used are left out. */
export const getServiceTokenUses = (table: string, ids: readonly string[]) =>
  getItems<{ tokenId: string; usedOn: string }>(table, keysOf(ids.map(serviceTokenUseKey)), (item) => recordOf(item));

interface StoredToken extends Omit<ServiceToken, "id" | keyof ServiceTokenGrants> {
  tokenId: string;
  /** JSON of {@link ServiceTokenGrants}. */
  grants: string;
  expiresAt: number;
}

function toStored({ id, roles, scopes, claims, ...rest }: ServiceToken): StoredToken {
  const grants: ServiceTokenGrants = { roles, scopes, claims };
  return { ...rest, tokenId: id, grants: JSON.stringify(grants), expiresAt: rest.endsAt + LEDGER_RETENTION };
}

/** @throws UnreadableAnswer */
function fromStored({ tokenId, grants, expiresAt: _, ...rest }: StoredToken): ServiceToken {
  try {
    return { ...rest, ...(JSON.parse(grants) as ServiceTokenGrants), id: tokenId };
  } catch {
    throw new UnreadableAnswer("unreadable_service_token");
  }
}

function converted<A, B>(
  { read, ...request }: LedgerRequest<Part<A>>,
  convert: (from: A) => B,
): LedgerRequest<Part<B>> {
  return {
    ...request,
    read(output) {
      const { found, rest } = read(output);
      return { found: found.map(convert), rest: rest && converted(rest, convert) };
    },
  };
}

function values({ hash }: ServiceToken): { ExpressionAttributeValues: Item } {
  return { ExpressionAttributeValues: toItem({ ":hash": hash }) };
}
