/** Signs requests to AWS (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). */
import { createHash, createHmac } from "node:crypto";

export interface Unsigned {
  /** `POST` if absent. */
  method?: "GET" | "HEAD" | "POST";
  service: string;
  region: string;
  /** Without a query. */
  url: URL;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
}

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

/** The headers of a request, with its signature. The sender adds `Host`. */
export function signedHeaders(
  { method = "POST", service, region, url, headers, body }: Unsigned,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  now: Date,
): Record<string, string> {
  const time = now.toISOString().replace(/[:-]|\.\d{3}/g, "");
  const scope = [time.slice(0, 8), region, service, "aws4_request"];
  const all: Record<string, string> = {
    ...headers,
    host: url.host,
    "x-amz-date": time,
    // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
    ...(service === "s3" && { "x-amz-content-sha256": sha256(body) }),
    ...(sessionToken && { "x-amz-security-token": sessionToken }),
  };
  const names = Object.keys(all).sort();
  const canonical = [
    method,
    service === "s3" ? url.pathname : canonicalPath(url),
    "",
    ...names.map((name) => `${name}:${all[name]!.trim()}`),
    "",
    names.join(";"),
    sha256(body),
  ].join("\n");
  const text = ["AWS4-HMAC-SHA256", time, scope.join("/"), sha256(canonical)].join("\n");
  const key = scope.reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
  const signature = Buffer.from(hmac(key, text)).toString("hex");
  const { host: _, ...sent } = all;
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.join("/")}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}

/** The path is encoded once more, except for the slashes. Not for S3, whose paths are keys. */
function canonicalPath({ pathname }: URL): string {
  return encodeURIComponent(pathname)
    .replace(/%2F/g, "/")
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
