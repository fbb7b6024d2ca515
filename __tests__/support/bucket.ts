/**
 * A bucket of S3 as far as objects are put, listed and read: `PutObject`, `GetObject` and `ListObjectsV2`, two keys a
 * page. Clients have to address it by path.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

export interface Bucket {
  /** For `AWS_ENDPOINT_URL_S3`. */
  endpoint: string;
  /** By key. */
  objects: Map<string, Buffer>;
  /** What was done, such as `PUT edgegate/…`. */
  calls: string[];
  /** By method: the status of every answer. */
  errors: Map<string, number>;
  close(): Promise<void>;
}

const PAGE = 2;

export async function startBucket(name: string): Promise<Bucket> {
  const server = createServer((request, response) => void answer(request, response));
  const bucket: Bucket = {
    endpoint: "",
    objects: new Map(),
    calls: [],
    errors: new Map(),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const url = new URL(request.url ?? "/", "http://localhost");
    // With the endpoint `localhost`, the bucket is in the host's name; with an address, in the path.
    const key = decodeURIComponent(url.pathname).replace(new RegExp(`^/(${name}(/|$))?`), "");
    bucket.calls.push(`${request.method} ${key || url.searchParams.get("prefix")}`);
    const error = bucket.errors.get(request.method!);
    if (error !== undefined) {
      response.writeHead(error, { "content-type": "application/xml" });
      response.end("<Error><Code>AccessDenied</Code><Message>no</Message></Error>");
    } else if (request.method === "PUT") {
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html#object-lock-put-object
      const hasChecksum = Object.keys(request.headers).some((header) => header.startsWith("x-amz-checksum-"));
      if (hasChecksum) bucket.objects.set(key, body);
      response.writeHead(hasChecksum ? 200 : 400, { etag: `"${md5(body)}"` });
      response.end();
    } else if (key === "") {
      response.writeHead(200, { "content-type": "application/xml" });
      response.end(listing(bucket.objects, url.searchParams));
    } else {
      const found = bucket.objects.get(key);
      response.writeHead(found ? 200 : 404, { "content-type": found ? "application/x-ndjson" : "application/xml" });
      response.end(found ?? "<Error><Code>NoSuchKey</Code></Error>");
    }
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  bucket.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return bucket;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
function listing(objects: ReadonlyMap<string, Buffer>, query: URLSearchParams): string {
  const after = query.get("continuation-token") ?? query.get("start-after") ?? "";
  const prefix = query.get("prefix") ?? "";
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  const page = keys.slice(0, Math.min(PAGE, Number(query.get("max-keys") ?? PAGE)));
  const isTruncated = page.length < keys.length;
  const contents = page.map(
    (key) => `<Contents><Key>${key}</Key><ETag>&quot;${md5(objects.get(key)!)}&quot;</ETag></Contents>`,
  );
  const next = isTruncated ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : "";
  return `<?xml version="1.0"?><ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${next}${contents.join("")}</ListBucketResult>`;
}

function md5(body: Buffer): string {
  return createHash("md5").update(body).digest("hex");
}
