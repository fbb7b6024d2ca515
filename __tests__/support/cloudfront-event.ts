/**
 * Viewer-request events as CloudFront gives them to Lambda@Edge, and the check of what may be given back.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html
 */
import { isRefusedInResponse } from "../../cloudfront/headers";
import { MAX_GENERATED_RESPONSE } from "../../cloudfront/limits";

export interface ViewerRequest {
  method?: string;
  host?: string;
  /** Path and query as the viewer sent them. */
  url: string;
  headers?: Record<string, string | string[]>;
  body?: string;
  /** CloudFront cut the body at 40 KB. */
  bodyTruncated?: boolean;
  requestId: string;
  /** IP address of the viewer. */
  address?: string | undefined;
}

export interface EdgeResponse {
  status: number;
  /** All values of a header, by its name in lower case. */
  headers: Record<string, string[]>;
  body: string;
  requestId: string;
}

export function viewerRequestEvent(request: ViewerRequest): unknown {
  const [uri = "", ...query] = request.url.split("?");
  const headers = { Host: request.host ?? "app.example.com", ...request.headers };
  return {
    Records: [
      {
        cf: {
          config: {
            distributionDomainName: "d111111abcdef8.cloudfront.net",
            distributionId: "EDFDVBD6EXAMPLE",
            eventType: "viewer-request",
            requestId: request.requestId,
          },
          request: {
            clientIp: request.address ?? "203.0.113.178",
            method: request.method ?? "GET",
            uri,
            querystring: query.join("?"),
            headers: Object.fromEntries(
              Object.entries(headers).map(([key, value]) => [
                key.toLowerCase(),
                [value].flat().map((item) => ({ key, value: item })),
              ]),
            ),
            body: {
              action: "read-only",
              encoding: "base64",
              inputTruncated: request.bodyTruncated ?? false,
              data: Buffer.from(request.body ?? "").toString("base64"),
            },
          },
        },
      },
    ],
  };
}

/** @throws Error listing everything for which CloudFront would answer 502 in the handler's place */
export function readEdgeResponse(raw: unknown, request: ViewerRequest): EdgeResponse {
  const faults: string[] = [];
  const response = isRecord(raw) ? raw : {};
  const { status, statusDescription, headers = {}, body = "", bodyEncoding = "text", ...unknown } = response;
  if (!isRecord(raw)) faults.push("it is not an object");
  if (Object.keys(unknown).length > 0) faults.push(`unknown fields ${Object.keys(unknown).join(", ")}`);
  if (typeof status !== "string" || !/^[2-5][0-9]{2}$/.test(status))
    faults.push(`status ${JSON.stringify(status)} is not a string of three digits`);
  if (statusDescription !== undefined && typeof statusDescription !== "string")
    faults.push("statusDescription is not a string");
  if (typeof body !== "string") faults.push("body is not a string");
  if (bodyEncoding !== "text" && bodyEncoding !== "base64") faults.push("bodyEncoding is neither text nor base64");
  const values = isRecord(headers) ? readHeaders(headers, faults) : {};
  const text = bodyEncoding === "base64" ? Buffer.from(String(body), "base64").toString() : String(body);
  if (Buffer.byteLength(JSON.stringify(values)) + Buffer.byteLength(text) > MAX_GENERATED_RESPONSE)
    faults.push("it is larger than 40 KB");
  if (request.method === "HEAD" && text) faults.push("a response to HEAD has a body");
  if (faults.length > 0) throw new Error(`CloudFront would refuse this response: ${faults.join("; ")}`);
  return { status: Number(status), headers: values, body: text, requestId: request.requestId };
}

function readHeaders(headers: Record<string, unknown>, faults: string[]): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, list]) => {
      if (!/^[a-z0-9-]+$/.test(name)) faults.push(`header name ${name} is not in lower case`);
      if (isRefusedInResponse(name)) faults.push(`header ${name} is not allowed`);
      if (!Array.isArray(list) || list.length === 0) faults.push(`header ${name} is not a list`);
      const items = Array.isArray(list) ? (list as unknown[]) : [];
      return [name, items.map((item) => readHeader(name, item, faults))];
    }),
  );
}

function readHeader(name: string, item: unknown, faults: string[]): string {
  const { key, value } = isRecord(item) ? item : {};
  if (key !== undefined && (typeof key !== "string" || key.toLowerCase() !== name))
    faults.push(`header ${name} has the key ${JSON.stringify(key)}`);
  // Printable ASCII: everything else is a header injection, or text that CloudFront and browsers read differently.
  if (typeof value !== "string" || !/^[ -~]*$/.test(value))
    faults.push(`header ${name} has the value ${JSON.stringify(value)}`);
  return String(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
