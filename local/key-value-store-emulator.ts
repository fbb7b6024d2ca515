/**
 * Emulates the data API of CloudFront's KeyValueStore, with its quotas and its one ETag for the whole store. The gate
 * of the local edge and of the tests reads what is written here.
 *
 * https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Operations_Amazon_CloudFront_KeyValueStore.html
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { MAX_RECORD_BYTES } from "../session/shard";
import type { KeyValueStore } from "./gate-result";
import { startPlainServer } from "./plain-server";

/** `lost`: the change is applied, but the answer never arrives. The others change nothing. */
export type StoreFault = "conflict" | "throttle" | "error" | "lost";

export interface KeyValueStoreEmulator extends KeyValueStore {
  /**
   * For `AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE`. The SDK puts the account ID before the host, so `*.localhost`
   * must resolve.
   */
  endpoint: string;
  arn: string;
  /** The operation of every call seen, in order. */
  calls: string[];
  /** Called before every call is answered. */
  intercept: ((operation: string) => StoreFault | undefined | Promise<StoreFault | undefined>) | undefined;
  /** Replaces all records, as another writer would: the ETag changes. */
  write(records: Record<string, string>): void;
  close(): Promise<void>;
}

interface Answer {
  status: number;
  body: object;
  etag?: string;
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-keyvaluestores */
const MAX_KEYS_IN_UPDATE = 50;
const MAX_KEY_BYTES = 512;
const MAX_STORE_BYTES = 5 * 1024 * 1024;
const MAX_PAGE = 50;
/** https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html: SigV4A for every region */
const SIGNED =
  /^AWS4-ECDSA-P256-SHA256 Credential=[^/]+\/\d{8}\/cloudfront-keyvaluestore\/aws4_request, SignedHeaders=[a-z0-9;-]*x-amz-region-set[a-z0-9;-]*, Signature=[0-9a-f]+$/;

const FAULTS: Record<Exclude<StoreFault, "lost">, Answer> = {
  conflict: failure(409, "ConflictException"),
  throttle: failure(429, "ThrottlingException"),
  error: failure(500, "InternalServerException"),
};

/** Listens on a free port of 127.0.0.1. @param arn of the store; the SDK puts its account ID into the host */
export async function startKeyValueStoreEmulator(arn: string): Promise<KeyValueStoreEmulator> {
  let version = 1;
  const etag = () => `ETAG${version}`;

  const operations: Record<string, (url: URL, request: IncomingMessage, body: unknown) => Answer> = {
    DescribeKeyValueStore: () => ({
      status: 200,
      etag: etag(),
      body: {
        KvsARN: arn,
        ItemCount: Object.keys(emulator.records).length,
        TotalSizeInBytes: sizeOf(emulator.records),
        Created: 1_700_000_000,
        Status: "READY",
      },
    }),
    ListKeys(url) {
      const from = Number(url.searchParams.get("NextToken") ?? 0);
      const size = Number(url.searchParams.get("MaxResults") ?? 10);
      if (!(size >= 1 && size <= MAX_PAGE)) return failure(400, "ValidationException");
      const entries = Object.entries(emulator.records).sort(([a], [b]) => (a < b ? -1 : 1));
      const next = from + size < entries.length ? { NextToken: String(from + size) } : {};
      return {
        status: 200,
        body: { Items: entries.slice(from, from + size).map(([Key, Value]) => ({ Key, Value })), ...next },
      };
    },
    GetKey(url) {
      const name = decodeURIComponent(url.pathname.slice(url.pathname.lastIndexOf("/") + 1));
      const value = Object.hasOwn(emulator.records, name) ? emulator.records[name] : undefined;
      if (value === undefined) return failure(404, "ResourceNotFoundException");
      return {
        status: 200,
        body: {
          Key: name,
          Value: value,
          ItemCount: Object.keys(emulator.records).length,
          TotalSizeInBytes: sizeOf(emulator.records),
        },
      };
    },
    UpdateKeys(_url, request, body) {
      const { Puts = [], Deletes = [] } = body as {
        Puts?: { Key: string; Value: string }[];
        Deletes?: { Key: string }[];
      };
      if (request.headers["if-match"] !== etag()) return FAULTS.conflict;
      if (Puts.length + Deletes.length > MAX_KEYS_IN_UPDATE) return failure(400, "ValidationException");
      if (
        Puts.some(
          ({ Key, Value }) => Buffer.byteLength(Key) > MAX_KEY_BYTES || Buffer.byteLength(Value) > MAX_RECORD_BYTES,
        )
      )
        return failure(400, "ValidationException");
      const records = { ...emulator.records, ...Object.fromEntries(Puts.map(({ Key, Value }) => [Key, Value])) };
      for (const { Key } of Deletes) delete records[Key];
      if (sizeOf(records) > MAX_STORE_BYTES) return failure(402, "ServiceQuotaExceededException");
      emulator.write(records);
      return {
        status: 200,
        etag: etag(),
        body: { ItemCount: Object.keys(records).length, TotalSizeInBytes: sizeOf(records) },
      };
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://store");
    const operation = operationOf(request.method ?? "", decodeURIComponent(url.pathname), arn);
    if (operation === undefined) return send(response, failure(404, "ResourceNotFoundException"));
    emulator.calls.push(operation);
    const body = await readJson(request);
    const fault = await emulator.intercept?.(operation);
    if (!SIGNED.test(request.headers.authorization ?? "") || request.headers["x-amz-region-set"] !== "*")
      return send(response, failure(403, "AccessDeniedException"));
    if (fault !== undefined && fault !== "lost") return send(response, FAULTS[fault]);
    const result = operations[operation]!(url, request, body);
    if (fault === "lost") return void response.destroy();
    send(response, result);
  }

  const { port, close } = await startPlainServer(answer);
  const emulator: KeyValueStoreEmulator = {
    endpoint: `http://kvs.localhost:${port}`,
    arn,
    records: {},
    calls: [],
    intercept: undefined,
    write(records) {
      emulator.records = records;
      version += 1;
    },
    close,
  };
  return emulator;
}

function operationOf(method: string, path: string, arn: string): string | undefined {
  const store = `/key-value-stores/${arn}`;
  const table: Record<string, string> = {
    [`GET ${store}`]: "DescribeKeyValueStore",
    [`GET ${store}/keys`]: "ListKeys",
    [`POST ${store}/keys`]: "UpdateKeys",
  };
  const name = `${method} ${path.replace(/\/$/, "")}`;
  return table[name] ?? (name.startsWith(`GET ${store}/keys/`) ? "GetKey" : undefined);
}

function failure(status: number, type: string): Answer {
  return { status, body: { __type: type, Message: type } };
}

function send(response: ServerResponse, { status, body, etag }: Answer): void {
  const type = status === 200 ? {} : { "x-amzn-errortype": (body as { __type: string }).__type };
  response.writeHead(status, { "content-type": "application/json", ...type, ...(etag !== undefined && { etag }) });
  response.end(JSON.stringify(body));
}

/**
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/kvs-with-functions-create.html: keys and values
 * count
 */
function sizeOf(records: Record<string, string>): number {
  return Object.entries(records).reduce(
    (size, [key, value]) => size + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text === "" ? undefined : JSON.parse(text);
}
