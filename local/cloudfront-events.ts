/**
 * Converts HTTP to the events of CloudFront's two kinds of functions, and back. Plain data in both directions.
 *
 * - CloudFront Functions:
 *   https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
 * - Lambda@Edge: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html
 */
import { MAX_EXPOSED_BODY } from "../cloudfront/limits";

/** A request at the edge, as the viewer sent it. */
export interface EdgeRequest {
  id: string;
  method: string;
  /** Undecoded path. */
  path: string;
  /** Undecoded, without `?`; undefined if the target has no `?`. */
  query: string | undefined;
  /** Names as sent, in the order sent. */
  headers: [name: string, value: string][];
  /** For a Lambda function; empty in other behaviors, where it goes to the origin as a stream. */
  body: Buffer;
  clientIp: string;
}

export interface EdgeResponse {
  status: number;
  headers: [name: string, value: string][];
  body: Buffer;
}

/** If there are several values, `value` is the first. */
export interface FunctionValue {
  value: string;
  attributes?: string;
  multiValue?: { value: string; attributes?: string }[];
}
export type FunctionValues = Record<string, FunctionValue>;

export interface FunctionRequest {
  method: string;
  uri: string;
  querystring: FunctionValues;
  headers: FunctionValues;
  cookies: FunctionValues;
  /** A helper that CloudFront adds. It returns undefined if the target has no `?`. */
  rawQueryString?: () => string | undefined;
}

export interface FunctionResponse {
  statusCode: number;
  statusDescription?: string;
  headers?: FunctionValues;
  cookies?: FunctionValues;
  body?: string | { encoding: "text" | "base64"; data: string };
}

export interface CloudFrontFunctionEvent {
  version: "1.0";
  context: { distributionDomainName: string; distributionId: string; eventType: "viewer-request"; requestId: string };
  viewer: { ip: string };
  request: FunctionRequest;
}

export type LambdaHeaders = Record<string, { key?: string; value: string }[]>;

/** A request as an origin-request function returns it. */
export interface LambdaRequest {
  uri: string;
  querystring: string;
  headers: LambdaHeaders;
}

export interface LambdaResponse {
  status: string;
  statusDescription?: string;
  headers?: LambdaHeaders;
  body?: string;
  bodyEncoding?: "text" | "base64";
}

export const DISTRIBUTION = {
  distributionDomainName: "d111111abcdef8.cloudfront.net",
  distributionId: "EDFDVBD6EXAMPLE",
};

export function functionEvent(request: EdgeRequest): CloudFrontFunctionEvent {
  const named = request.headers.map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  return {
    version: "1.0",
    context: { ...DISTRIBUTION, eventType: "viewer-request", requestId: request.id },
    viewer: { ip: request.clientIp },
    request: {
      method: request.method,
      uri: request.path,
      querystring: values(
        (request.query ?? "")
          .split("&")
          .filter(Boolean)
          .map((pair) => cut(pair)),
      ),
      headers: values(named.filter(([name]) => name !== "cookie")),
      cookies: values(
        named
          .filter(([name]) => name === "cookie")
          .flatMap(([, value]) => value.split(";").map((pair) => cut(pair.trim())))
          .filter(([name]) => name !== ""),
      ),
      rawQueryString: () => request.query,
    },
  };
}

/** The request that CloudFront sends to the cache and the origin after a function returned `changed`. */
export function requestFrom(changed: FunctionRequest, original: EdgeRequest): EdgeRequest {
  const cookies = pairs(changed.cookies).map(([name, value]) => `${name}=${value}`);
  const unchanged = JSON.stringify(changed.querystring) === JSON.stringify(functionEvent(original).request.querystring);
  return {
    ...original,
    path: changed.uri,
    query: unchanged
      ? original.query
      : pairs(changed.querystring)
          .map(([name, value]) => `${name}=${value}`)
          .join("&"),
    headers: [
      ...pairs(changed.headers),
      ...(cookies.length > 0 ? [["cookie", cookies.join("; ")] as [string, string]] : []),
    ],
  };
}

export function responseFrom(response: FunctionResponse): EdgeResponse {
  const cookies = Object.entries(response.cookies ?? {}).flatMap(([name, cookie]) =>
    (cookie.multiValue ?? [cookie]).map(({ value, attributes }): [string, string] => [
      "set-cookie",
      `${name}=${value}${attributes ? `; ${attributes}` : ""}`,
    ]),
  );
  const body =
    typeof response.body === "object" ? response.body : { encoding: "text" as const, data: response.body ?? "" };
  return {
    status: response.statusCode,
    headers: [...pairs(response.headers ?? {}), ...cookies],
    body: Buffer.from(body.data, body.encoding === "base64" ? "base64" : "utf8"),
  };
}

/** A viewer-request event with the body included. */
export function lambdaEvent(request: EdgeRequest): unknown {
  return {
    Records: [
      {
        cf: {
          config: { ...DISTRIBUTION, eventType: "viewer-request", requestId: request.id },
          request: {
            body: {
              action: "read-only",
              data: request.body.subarray(0, MAX_EXPOSED_BODY).toString("base64"),
              encoding: "base64",
              inputTruncated: request.body.length > MAX_EXPOSED_BODY,
            },
            clientIp: request.clientIp,
            headers: lambdaHeaders(request.headers),
            method: request.method,
            querystring: request.query ?? "",
            uri: request.path,
          },
        },
      },
    ],
  };
}

export function responseFromLambda(response: LambdaResponse): EdgeResponse {
  return {
    status: Number(response.status),
    headers: headerList(response.headers ?? {}),
    body: Buffer.from(response.body ?? "", response.bodyEncoding === "base64" ? "base64" : "utf8"),
  };
}

export function headerList(headers: LambdaHeaders): [name: string, value: string][] {
  return Object.entries(headers).flatMap(([name, list]) => list.map(({ value }): [string, string] => [name, value]));
}

export function lambdaHeaders(list: [name: string, value: string][]): LambdaHeaders {
  const headers = new Map<string, { key: string; value: string }[]>();
  for (const [key, value] of list) {
    const name = key.toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), { key, value }]);
  }
  return Object.fromEntries(headers);
}

function values(list: [name: string, value: string][]): FunctionValues {
  const grouped = new Map<string, string[]>();
  for (const [name, value] of list) grouped.set(name, [...(grouped.get(name) ?? []), value]);
  // fromEntries defines own properties: a cookie named __proto__ stays a cookie.
  return Object.fromEntries(
    [...grouped].map(([name, [first, ...more]]) => [
      name,
      more.length === 0
        ? { value: first! }
        : { value: first!, multiValue: [first!, ...more].map((value) => ({ value })) },
    ]),
  );
}

function pairs(entries: FunctionValues): [name: string, value: string][] {
  return Object.entries(entries).flatMap(([name, entry]) =>
    (entry.multiValue ?? [entry]).map(({ value }): [string, string] => [name, value]),
  );
}

function cut(pair: string): [name: string, value: string] {
  const at = pair.indexOf("=");
  return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
}
