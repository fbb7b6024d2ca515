/** Converts CloudFront's viewer-request event to a Fetch request. */
import { Failure } from "../failure";
import type { Incoming } from "../incoming";

/**
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html#lambda-event-structure-request
 */
export interface ViewerRequestEvent {
  Records: [{ cf: { config: { requestId: string }; request: CloudFrontRequest } }];
}

export interface CloudFrontRequest {
  /** The viewer's IP address. */
  clientIp: string;
  method: string;
  /** The path, not decoded. */
  uri: string;
  /** Not decoded, without `?`. */
  querystring: string;
  /** Keys in lower case; a repeated header has several values. */
  headers: Record<string, { key?: string; value: string }[]>;
  /** Only with "include body"; truncated after 40 KB. */
  body?: { inputTruncated: boolean; encoding: "base64" | "text"; data: string };
}

const REQUEST_ID = /^[\w=-]{1,128}$/;

/** The request ID, as in CloudFront's access log (`x-edge-request-id`). */
export function toRequestId(requestId: string): string {
  return REQUEST_ID.test(requestId) ? requestId : "unknown";
}

/**
 * Converts a request. Its `open` throws a Failure: `wrong_host` or `not_found` if URL parsing would change the host or the
 * path, `bad_request` if it is not a valid request. If CloudFront truncated the body, reading it throws `body_too_large`.
 *
 * @throws TypeError for invalid headers
 */
export function toIncoming(request: CloudFrontRequest, requestId: string): Incoming {
  const headers = toHeaders(request.headers);
  return { headers, requestId, address: request.clientIp, open: () => toRequest(request, headers) };
}

function toRequest({ method, uri, querystring, body }: CloudFrontRequest, headers: Headers): Request {
  const host = headers.get("host") ?? "";
  const text = `https://${host}${uri}${querystring && `?${querystring}`}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // `URL` repairs its input; requests that need repair are refused.
  if (url?.host !== host.toLowerCase()) throw new Failure("wrong_host");
  if (url.pathname !== uri) throw new Failure("not_found");
  try {
    const carriesBody = body && method !== "GET" && method !== "HEAD";
    // https://fetch.spec.whatwg.org/#dom-requestinit-duplex
    const init: RequestInit & { duplex: "half" } = {
      method,
      headers,
      body: carriesBody ? bodyOf(body) : null,
      duplex: "half",
    };
    return new Request(url, init);
  } catch {
    throw new Failure("bad_request");
  }
}

function bodyOf({ inputTruncated, encoding, data }: NonNullable<CloudFrontRequest["body"]>) {
  if (!inputTruncated) return Buffer.from(data, encoding === "base64" ? "base64" : "utf8");
  return new ReadableStream({ pull: (controller) => controller.error(new Failure("body_too_large")) });
}

function toHeaders(lists: CloudFrontRequest["headers"]): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(lists)) {
    const value = values.map((header) => header.value).join(name === "cookie" ? "; " : ", ");
    // Fetch takes header values as one byte per character; an application's cookie may contain any UTF-8.
    headers.set(name, Buffer.from(value, "utf8").toString("latin1"));
  }
  return headers;
}
