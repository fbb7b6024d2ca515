/**
 * CloudFront's KeyValueStore: one ETag for the whole store, its quotas, and edges that learn of a change late, each in
 * its own time.
 * https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Operations_Amazon_CloudFront_KeyValueStore.html
 */
import { MAX_RECORD_BYTES } from "../../../session/shard";
import type { Service, WireRequest, WireResponse } from "../kernel/network";
import type { World } from "../kernel/world";
import { failure, inputOf, Refusal, refused, success } from "./answers";

export interface KeyValueStore extends Service {
  records: ReadonlyMap<string, string>;
  /** What each edge has by now. */
  edges: ReadonlyMap<string, string>[];
  /** By operation. */
  calls: Record<string, number>;
  conflicts: number;
  largestRecord: number;
  etag(): string;
  /** Writes without a call. Every edge has the change immediately. */
  prepare(records: Map<string, string>): void;
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-keyvaluestores */
const MAX_KEYS_IN_UPDATE = 50;
const MAX_KEY_BYTES = 512;
const MAX_STORE_BYTES = 5 * 1024 * 1024;
const MAX_PAGE = 50;

/** @param propagation milliseconds until an edge has a change, asked for each change and edge */
export function createKeyValueStore(
  world: World,
  edgeCount: number,
  propagation: (edge: number) => number,
): KeyValueStore {
  let version = 1;
  let size = 0;
  const etag = () => `ETAG${version}`;
  const arrivals = Array.from({ length: edgeCount }, () => 0);

  function write(records: Map<string, string>): void {
    store.records = records;
    version += 1;
    for (let edge = 0; edge < edgeCount; edge++) {
      // No edge goes back to an older state.
      arrivals[edge] = Math.max(arrivals[edge]!, world.now() + propagation(edge));
      world.after(arrivals[edge]! - world.now(), () => void (store.edges[edge] = records));
    }
  }

  const operations: Record<string, (request: WireRequest, query: URLSearchParams) => WireResponse> = {
    DescribeKeyValueStore: () =>
      success(
        {
          KvsARN: "arn",
          ItemCount: store.records.size,
          TotalSizeInBytes: size,
          Created: 1_700_000_000,
          Status: "READY",
        },
        { etag: etag() },
      ),
    ListKeys(_request, query) {
      const [from, count] = [Number(query.get("NextToken") ?? 0), Number(query.get("MaxResults") ?? 10)];
      if (!(count >= 1 && count <= MAX_PAGE)) throw new Refusal("ValidationException");
      const entries = [...store.records].sort(([a], [b]) => (a < b ? -1 : 1));
      const next = from + count < entries.length ? { NextToken: String(from + count) } : {};
      return success({ Items: entries.slice(from, from + count).map(([Key, Value]) => ({ Key, Value })), ...next });
    },
    GetKey({ path }) {
      const name = decodeURIComponent(path.slice(path.lastIndexOf("/") + 1));
      const Value = store.records.get(name);
      if (Value === undefined) throw new Refusal("ResourceNotFoundException", undefined, 404);
      return success({ Key: name, Value, ItemCount: store.records.size, TotalSizeInBytes: size });
    },
    UpdateKeys(request) {
      const { Puts = [], Deletes = [] } = inputOf(request) as {
        Puts?: { Key: string; Value: string }[];
        Deletes?: { Key: string }[];
      };
      if (request.headers["if-match"] !== etag()) {
        store.conflicts += 1;
        throw new Refusal("ConflictException", undefined, 409);
      }
      const names = [...Puts, ...Deletes].map(({ Key }) => Key);
      if (names.length > MAX_KEYS_IN_UPDATE || new Set(names).size < names.length)
        throw new Refusal("ValidationException");
      if (
        Puts.some(
          ({ Key, Value }) =>
            Buffer.byteLength(Key) > MAX_KEY_BYTES || Value === "" || Buffer.byteLength(Value) > MAX_RECORD_BYTES,
        )
      )
        throw new Refusal("ValidationException");
      const records = new Map(store.records);
      for (const { Key, Value } of Puts) {
        size +=
          Buffer.byteLength(Value) -
          Buffer.byteLength(records.get(Key) ?? "") +
          (records.has(Key) ? 0 : Buffer.byteLength(Key));
        store.largestRecord = Math.max(store.largestRecord, Buffer.byteLength(Value));
        records.set(Key, Value);
      }
      for (const { Key } of Deletes) {
        if (records.has(Key)) size -= Buffer.byteLength(Key) + Buffer.byteLength(records.get(Key)!);
        records.delete(Key);
      }
      if (size > MAX_STORE_BYTES) throw new Refusal("ServiceQuotaExceededException", undefined, 402);
      write(records);
      return success({ ItemCount: records.size, TotalSizeInBytes: size }, { etag: etag() });
    },
  };

  const store: KeyValueStore = {
    records: new Map(),
    edges: Array.from({ length: edgeCount }, () => new Map<string, string>()),
    calls: {},
    conflicts: 0,
    largestRecord: 0,
    etag,
    prepare(records) {
      store.records = records;
      store.edges.fill(records);
      for (const [key, value] of records) size += Buffer.byteLength(key) + Buffer.byteLength(value);
    },
    nameOf: (request) => `kvs.${operationOf(request)}`,
    failure: (kind) =>
      kind === "throttle" ? refused(new Refusal("ThrottlingException", undefined, 429)) : failure(kind),
    answer(request) {
      const operation = operationOf(request);
      store.calls[operation] = (store.calls[operation] ?? 0) + 1;
      if (!/^AWS4-ECDSA-P256-SHA256 /.test(request.headers["authorization"] ?? ""))
        return refused(new Refusal("AccessDeniedException", undefined, 403));
      try {
        return operations[operation]!(request, new URL(request.path, "https://store").searchParams);
      } catch (error) {
        if (error instanceof Refusal) return refused(error);
        throw error;
      }
    },
  };
  return store;
}

function operationOf({ method, path }: WireRequest): string {
  const parts = path.split("?")[0]!.replace(/\/$/, "").split("/");
  if (parts[1] !== "key-value-stores") throw new Error(`no operation of the store: ${method} ${path}`);
  if (parts.length === 3) return "DescribeKeyValueStore";
  if (parts.length === 4 && parts[3] === "keys") return method === "POST" ? "UpdateKeys" : "ListKeys";
  if (parts.length === 5 && method === "GET") return "GetKey";
  throw new Error(`no operation of the store: ${method} ${path}`);
}
