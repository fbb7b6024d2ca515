/**
 * Requests to DynamoDB as data: the input, and how to read the output. Reads are strongly consistent. Retries and time
 * limits are up to the sender.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html
 */
import { fromItem, toItem, type Item } from "./item";
import { LEDGER_TABLES } from "./tables";

export type Operation = "BatchGetItem" | "BatchWriteItem" | "GetItem" | "PutItem" | "Query" | "Scan" | "UpdateItem";

/** Members that an output may have. Outputs of the SDK also have `$metadata`. */
export type Output = Partial<
  Record<
    | "$metadata"
    | "Attributes"
    | "Item"
    | "Items"
    | "LastEvaluatedKey"
    | "Responses"
    | "UnprocessedItems"
    | "UnprocessedKeys",
    unknown
  >
>;

export interface LedgerRequest<T> {
  operation: Operation;
  input: object;
  /**
   * @param output undefined if the request's condition was not met
   * @throws UnreadableAnswer
   */
  read(output: Output | undefined): T;
}

/** One part of an answer, and the request for the rest. */
export interface Part<T> {
  found: T[];
  rest?: LedgerRequest<Part<T>> | undefined;
}

/** An answer that is incomplete or has an unknown form. */
export class UnreadableAnswer extends Error {
  override readonly name = "UnreadableAnswer";

  /** @param code for the log */
  constructor(readonly code: string) {
    super(code);
  }
}

/** Maximum number of keys of a BatchGetItem. */
export const MAX_KEYS = 100;

const KEY_NAMES: readonly string[] = Object.values(LEDGER_TABLES).flatMap((keys) => Object.values(keys));

/** The record in an item, without the key attributes. */
export function recordOf<T>(item: Item): T {
  return fromItem(Object.fromEntries(Object.entries(item).filter(([name]) => !KEY_NAMES.includes(name))));
}

export function getItem<T>(table: string, key: object): LedgerRequest<T | undefined> {
  return {
    operation: "GetItem",
    input: { TableName: table, Key: toItem(key), ConsistentRead: true },
    read: (output) => (output?.Item === undefined ? undefined : recordOf(output.Item as Item)),
  };
}

/** `false` if the condition is not met. */
export function putItem(table: string, item: object, condition: object = {}): LedgerRequest<boolean> {
  return {
    operation: "PutItem",
    input: { TableName: table, Item: toItem(item), ...condition },
    read: (output) => output !== undefined,
  };
}

/** Keys by table. */
type Keys = Record<string, { Keys: Item[]; ConsistentRead: true }>;

export function keysOf(keys: readonly object[]): Keys[string] {
  return { Keys: keys.map(toItem), ConsistentRead: true };
}

/** Reads items from several tables in one request; the result is by table. */
export function batchGet(keys: Keys): LedgerRequest<{ found: Record<string, Item[]>; rest: Keys | undefined }> {
  return {
    operation: "BatchGetItem",
    input: { RequestItems: keys },
    read(output = {}) {
      const { Responses: found = {}, UnprocessedKeys: left = {} } = output as {
        Responses?: Record<string, Item[]>;
        UnprocessedKeys?: Keys;
      };
      const rest = Object.keys(left).length > 0 ? left : undefined;
      // A table that is missing from the answer might have held the revocation.
      if (!rest && Object.keys(keys).some((table) => !found[table])) throw new UnreadableAnswer("unprocessed_keys");
      return { found, rest };
    },
  };
}

/** Reads at most {@link MAX_KEYS} items of one table. Items that do not exist are left out. */
export function getItems<T>(table: string, keys: Keys[string], toRecord: (item: Item) => T): LedgerRequest<Part<T>> {
  const { read, ...request } = batchGet({ [table]: keys });
  return {
    ...request,
    read(output) {
      const { found, rest } = read(output);
      return {
        found: (found[table] ?? []).map(toRecord),
        rest: rest && getItems(table, rest[table]!, toRecord),
      };
    },
  };
}

/** A page of a Query or Scan, and the request for the next one. */
export function readPages<T>(operation: "Query" | "Scan", input: object): LedgerRequest<Part<T>> {
  return {
    operation,
    input,
    read(output = {}) {
      const { Items: items, LastEvaluatedKey: last } = output;
      if (!Array.isArray(items)) throw new UnreadableAnswer("no_items");
      return {
        found: items.map((item) => recordOf<T>(item as Item)),
        rest: last === undefined ? undefined : readPages(operation, { ...input, ExclusiveStartKey: last }),
      };
    },
  };
}
