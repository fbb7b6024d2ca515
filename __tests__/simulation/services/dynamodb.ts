/**
 * DynamoDB in memory: strongly consistent, one moment an item. A batch is no snapshot: its items are read and written
 * at different moments.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html
 */
import { TTL_ATTRIBUTE } from "../../../ledger/tables";
import type { Service } from "../kernel/network";
import type { World } from "../kernel/world";
import { failure, inputOf, Refusal, refused, success, targetOf, type Input } from "./answers";
import { condition, projection, update, type Item, type Names, type Value } from "./expressions";

interface KeySchema {
  hashKey: string;
  rangeKey?: string;
}

interface Stored {
  item: Item;
  /** Unix seconds at which its time to live takes it away. */
  goneAt: number;
}

interface Table {
  schema: KeySchema;
  /** By hash key, then by range key. */
  partitions: Map<string, Map<string, Stored>>;
}

export interface DynamoDbOptions {
  /** Seconds from `expiresAt` to the deletion: AWS says up to 48 h, and its clock is not ours. */
  timeToLiveDelay: () => number;
  /** Milliseconds over which a batch may be spread. */
  spread: () => number;
  /** How likely it is that a batch is done in part only. */
  partialBatches: number;
  /** Items of a page. */
  pageSize: number;
}

export interface DynamoDb extends Service {
  createTable(name: string, schema: KeySchema): void;
  /** All that is there, for the model: by no call. */
  items<T>(table: string): T[];
  /** Puts an item there, by no call. */
  put(table: string, item: Item): void;
  calls: number;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
const MAX_BATCH_GET = 100;
const MAX_BATCH_WRITE = 25;
const MOMENTS = 5;

export function createDynamoDb(world: World, options: DynamoDbOptions): DynamoDb {
  const random = world.random.fork();
  const tables = new Map<string, Table>();

  function tableOf(input: Input): Table {
    const table = tables.get(String(input["TableName"]));
    if (!table) throw new Refusal("ResourceNotFoundException");
    return table;
  }

  function keyOf({ schema }: Table, item: Item): [hash: string, range: string] {
    const text = (name: string | undefined): string => {
      if (name === undefined) return "";
      const value = item[name];
      if (!value || !("S" in value) || value.S === "")
        throw new Refusal("ValidationException", `the key ${name} is missing`);
      return value.S;
    };
    return [text(schema.hashKey), text(schema.rangeKey)];
  }

  function read(table: Table, key: Item): Item | undefined {
    const [hash, range] = keyOf(table, key);
    return active(table.partitions.get(hash), range);
  }

  function active(partition: Map<string, Stored> | undefined, range: string): Item | undefined {
    const stored = partition?.get(range);
    if (!stored) return undefined;
    if (stored.goneAt > world.seconds()) return stored.item;
    partition!.delete(range);
    return undefined;
  }

  function write(table: Table, item: Item): void {
    const [hash, range] = keyOf(table, item);
    const expires = item[TTL_ATTRIBUTE];
    const goneAt = expires && "N" in expires ? Number(expires.N) + options.timeToLiveDelay() : Infinity;
    if (!table.partitions.has(hash)) table.partitions.set(hash, new Map());
    table.partitions.get(hash)!.set(range, { item, goneAt });
  }

  function erase(table: Table, key: Item): void {
    const [hash, range] = keyOf(table, key);
    table.partitions.get(hash)?.delete(range);
  }

  function check(input: Input, item: Item | undefined): void {
    if (condition(input["ConditionExpression"] as string | undefined, input as Names)(item ?? {})) return;
    throw new Refusal("ConditionalCheckFailedException", "The conditional request failed");
  }

  function projected(input: Input, item: Item): Item {
    const names = projection(input["ProjectionExpression"] as string | undefined, input as Names);
    return names ? Object.fromEntries(names.flatMap((name) => (item[name] ? [[name, item[name]]] : []))) : item;
  }

  function keyItem({ schema }: Table, item: Item): Item {
    return Object.fromEntries(
      [schema.hashKey, ...(schema.rangeKey === undefined ? [] : [schema.rangeKey])].map((name) => [name, item[name]!]),
    );
  }

  /** Items after the start key, page by page. */
  function page(table: Table, all: Item[], input: Input) {
    const start = input["ExclusiveStartKey"] as Item | undefined;
    const from = start ? all.findIndex((item) => same(keyItem(table, item), start)) + 1 : 0;
    const limit = Math.min(Number(input["Limit"] ?? Infinity), options.pageSize);
    const seen = all.slice(from, from + limit);
    const passes = condition(input["FilterExpression"] as string | undefined, input as Names);
    const found = seen.filter(passes).map((item) => projected(input, item));
    const more = from + limit < all.length ? { LastEvaluatedKey: keyItem(table, seen.at(-1)!) } : {};
    return success({
      ...(input["Select"] === "COUNT" ? {} : { Items: found }),
      Count: found.length,
      ScannedCount: seen.length,
      ...more,
    });
  }

  function rangesOf(partition: Map<string, Stored> | undefined): Item[] {
    const ranges = [...(partition?.keys() ?? [])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return ranges.map((range) => active(partition, range)).filter((item) => item !== undefined);
  }

  /** At moments of their own, in an order of their own. */
  async function spread<T>(work: readonly T[], run: (one: T) => void): Promise<void> {
    const order = work.map((one) => ({ one, at: random.fraction() })).sort((a, b) => a.at - b.at);
    const milliseconds = options.spread();
    // At a few moments: an event for each of a hundred items would be most of what happens.
    const group = Math.ceil(order.length / MOMENTS);
    let before = 0;
    for (const [place, { one, at }] of order.entries()) {
      if (milliseconds > 0 && place % group === 0) {
        await world.sleep((at - before) * milliseconds);
        before = at;
      }
      run(one);
    }
  }

  const operations: Record<string, (input: Input) => ReturnType<Service["answer"]>> = {
    GetItem(input) {
      const item = read(tableOf(input), input["Key"] as Item);
      return success(item ? { Item: projected(input, item) } : {});
    },
    PutItem(input) {
      const [table, item] = [tableOf(input), input["Item"] as Item];
      check(input, read(table, item));
      write(table, item);
      return success({});
    },
    UpdateItem(input) {
      const [table, key] = [tableOf(input), input["Key"] as Item];
      const before = read(table, key);
      check(input, before);
      const after = update(String(input["UpdateExpression"]), input as Names)(before ?? key);
      write(table, after);
      const returned =
        input["ReturnValues"] === "ALL_NEW" ? after : input["ReturnValues"] === "ALL_OLD" ? before : undefined;
      return success(returned ? { Attributes: returned } : {});
    },
    DeleteItem(input) {
      const [table, key] = [tableOf(input), input["Key"] as Item];
      check(input, read(table, key));
      erase(table, key);
      return success({});
    },
    Query(input) {
      const table = tableOf(input);
      const names = input as Names;
      const expression = String(input["KeyConditionExpression"]);
      const passes = condition(expression, names);
      const hash = hashIn(expression, names, table.schema.hashKey);
      const all = rangesOf(table.partitions.get(hash)).filter(passes);
      return page(table, input["ScanIndexForward"] === false ? all.reverse() : all, input);
    },
    Scan(input) {
      const table = tableOf(input);
      const segments = Number(input["TotalSegments"] ?? 1);
      const hashes = [...table.partitions.keys()].sort();
      const all = hashes.flatMap((hash, place) =>
        place % segments === Number(input["Segment"] ?? 0) ? rangesOf(table.partitions.get(hash)) : [],
      );
      return page(table, all, input);
    },
    async BatchGetItem(input) {
      const wanted = Object.entries(input["RequestItems"] as Record<string, Input>).flatMap(([TableName, request]) =>
        (request["Keys"] as Item[]).map((key) => ({ TableName, request, key })),
      );
      if (wanted.length > MAX_BATCH_GET)
        throw new Refusal("ValidationException", "Too many items requested for the BatchGetItem call");
      const Responses: Record<string, Item[]> = Object.fromEntries(wanted.map(({ TableName }) => [TableName, []]));
      const UnprocessedKeys: Record<string, Input> = {};
      await spread(wanted, ({ TableName, request, key }) => {
        if (random.chance(options.partialBatches)) {
          const left = (UnprocessedKeys[TableName] ??= { ...request, Keys: [] });
          (left["Keys"] as Item[]).push(key);
          return;
        }
        const item = read(tableOf({ TableName }), key);
        if (item) Responses[TableName]!.push(projected(request, item));
      });
      return success({ Responses, UnprocessedKeys });
    },
    async BatchWriteItem(input) {
      const writes = Object.entries(
        input["RequestItems"] as Record<string, Record<string, { Item?: Item; Key?: Item }>[]>,
      ).flatMap(([TableName, list]) => list.map((request) => ({ TableName, request })));
      if (writes.length > MAX_BATCH_WRITE)
        throw new Refusal("ValidationException", "Too many items requested for the BatchWriteItem call");
      const UnprocessedItems: Record<string, object[]> = {};
      await spread(writes, ({ TableName, request }) => {
        if (random.chance(options.partialBatches)) return void (UnprocessedItems[TableName] ??= []).push(request);
        const table = tableOf({ TableName });
        if (request["PutRequest"]) write(table, request["PutRequest"].Item!);
        else erase(table, request["DeleteRequest"]!.Key!);
      });
      return success({ UnprocessedItems });
    },
    TransactWriteItems(input) {
      const actions = (input["TransactItems"] as Record<string, Input>[]).map((action) => Object.entries(action)[0]!);
      const failed = actions.map(([kind, action]) => {
        const key = (kind === "Put" ? action["Item"] : action["Key"]) as Item;
        return condition(
          action["ConditionExpression"] as string | undefined,
          action as Names,
        )(read(tableOf(action), key) ?? {})
          ? { Code: "None" }
          : { Code: "ConditionalCheckFailed" };
      });
      if (failed.some(({ Code }) => Code !== "None")) throw new Refusal("TransactionCanceledException");
      for (const [kind, action] of actions) {
        const table = tableOf(action);
        if (kind === "Put") write(table, action["Item"] as Item);
        else if (kind === "Delete") erase(table, action["Key"] as Item);
        else if (kind === "Update")
          write(
            table,
            update(
              String(action["UpdateExpression"]),
              action as Names,
            )(read(table, action["Key"] as Item) ?? (action["Key"] as Item)),
          );
      }
      return success({});
    },
  };

  const service: DynamoDb = {
    calls: 0,
    createTable: (name, schema) => void tables.set(name, { schema, partitions: new Map() }),
    items: <T>(name: string) =>
      [...tables.get(name)!.partitions.values()].flatMap(rangesOf).map((item) => plain(item) as T),
    put: (name, item) => write(tables.get(name)!, item),
    nameOf: (request) => `dynamodb.${targetOf(request)}`,
    failure,
    async answer(request) {
      service.calls += 1;
      const operation = operations[targetOf(request)];
      if (!operation) throw new Error(`DynamoDB does not do ${targetOf(request)} here`);
      try {
        return await operation(inputOf(request));
      } catch (error) {
        if (error instanceof Refusal) return refused(error);
        throw error;
      }
    },
  };
  return service;
}

/** The value that a key condition asks of the hash key. */
function hashIn(
  expression: string,
  { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} }: Names,
  hashKey: string,
): string {
  for (const [, path, value] of expression.matchAll(/([#\w]+)\s*=\s*(:\w+)/g)) {
    const found = values[value!];
    if ((names[path!] ?? path) === hashKey && found && "S" in found) return found.S;
  }
  throw new Refusal("ValidationException", `no hash key in ${expression}`);
}

function same(a: Item, b: Item): boolean {
  return Object.keys(a).every((name) => (a[name] as { S: string }).S === (b[name] as { S: string } | undefined)?.S);
}

function plain(item: Item): Record<string, unknown> {
  const valueOf = (value: Value) => ("N" in value ? Number(value.N) : "S" in value ? value.S : value.BOOL);
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, valueOf(value)]));
}
