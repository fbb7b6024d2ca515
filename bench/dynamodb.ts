/**
 * An in-memory emulator of DynamoDB that is fast enough for half a million items. It has what the control plane uses:
 * conditions, pages of 1 MB, and the request units that AWS would bill.
 *
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
 */
import type { IncomingMessage } from "node:http";
import { startPlainServer } from "../local/plain-server";

type Value = Record<string, string>;
export type Item = Record<string, Value>;

export interface BenchDynamoDb {
  endpoint: string;
  /** Items by table name, then by key. */
  tables: Map<string, Map<string, Item>>;
  /** The operation of every call, in order. */
  calls: string[];
  /** Request units so far. */
  units: { read: number; write: number };
  close(): Promise<void>;
}

interface Input {
  TableName: string;
  Key: Item;
  Item: Item;
  ConditionExpression?: string;
  FilterExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, Value>;
  ExclusiveStartKey?: { at: { N: string } };
  RequestItems: Record<string, { Keys: Item[] }>;
}

const PAGE = 1024 * 1024;

export async function startBenchDynamoDb(): Promise<BenchDynamoDb> {
  const tables: BenchDynamoDb["tables"] = new Map();
  const tableOf = (name: string) => tables.get(name) ?? tables.set(name, new Map()).get(name)!;
  const keyOf = (item: Item) => [item["id"] ?? item["pk"], item["sk"]].map((value) => value?.["S"] ?? "").join("\n");
  /** A strongly consistent read takes one unit per 4 KB, and one if it finds nothing. */
  const read = (item: Item | undefined) => void (bench.units.read += Math.max(1, Math.ceil(sizeOf(item) / 4096)));

  function holds(
    expression: string | undefined,
    { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} }: Input,
    item: Item | undefined,
  ): boolean {
    return (expression?.split(" AND ") ?? []).every((term) => {
      const [, missing, name = "", operator, value = ""] =
        /^(?:attribute_not_exists\((\w+)\)|(#?\w+) (=|>=) (:\w+))$/.exec(term)!;
      if (missing !== undefined) return item?.[missing] === undefined;
      const [there, wanted] = [item?.[names[name] ?? name], values[value]!].map(
        (each) => each && Object.values(each)[0]!,
      );
      return there !== undefined && (operator === "=" ? there === wanted : Number(there) >= Number(wanted));
    });
  }

  const operations: Record<string, (input: Input) => object | undefined> = {
    GetItem({ TableName, Key }) {
      const found = tableOf(TableName).get(keyOf(Key));
      read(found);
      return found ? { Item: found } : {};
    },
    PutItem(input) {
      const table = tableOf(input.TableName);
      const key = keyOf(input.Item);
      bench.units.write += Math.max(1, Math.ceil(sizeOf(input.Item) / 1024));
      if (!holds(input.ConditionExpression, input, table.get(key))) return undefined;
      table.set(key, input.Item);
      return {};
    },
    BatchGetItem: ({ RequestItems }) => ({
      Responses: Object.fromEntries(
        Object.entries(RequestItems).map(([name, { Keys }]) => {
          const found = Keys.map((key) => tableOf(name).get(keyOf(key)));
          found.forEach(read);
          return [name, found.filter((item) => item !== undefined)];
        }),
      ),
      UnprocessedKeys: {},
    }),
    Scan(input) {
      const all = [...tableOf(input.TableName).values()];
      const from = Number(input.ExclusiveStartKey?.at.N ?? 0);
      let [size, to] = [0, from];
      while (to < all.length && size < PAGE) size += sizeOf(all[to++]);
      bench.units.read += Math.ceil(size / 4096);
      return {
        Items: all.slice(from, to).filter((item) => holds(input.FilterExpression, input, item)),
        ...(to < all.length && { LastEvaluatedKey: { at: { N: String(to) } } }),
      };
    },
    Query: (input) => ({
      Items: [...tableOf(input.TableName).values()].filter(
        (item) => item["pk"]?.["S"] === input.ExpressionAttributeValues?.[":pk"]?.["S"],
      ),
    }),
  };

  const { port, close } = await startPlainServer(async (request, response) => {
    const operation = String(request.headers["x-amz-target"]).split(".")[1]!;
    bench.calls.push(operation);
    const answer = operations[operation]!(JSON.parse(await text(request)) as Input);
    response.writeHead(answer ? 200 : 400, { "content-type": "application/x-amz-json-1.0" });
    response.end(
      JSON.stringify(answer ?? { __type: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException" }),
    );
  });
  const bench: BenchDynamoDb = {
    endpoint: `http://127.0.0.1:${port}`,
    tables,
    calls: [],
    units: { read: 0, write: 0 },
    close,
  };
  return bench;
}

/**
 * Names and values count:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
function sizeOf(item: Item | undefined): number {
  return Object.entries(item ?? {}).reduce(
    (size, [name, value]) => size + name.length + Object.values(value)[0]!.length,
    0,
  );
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
