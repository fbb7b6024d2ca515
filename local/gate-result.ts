/**
 * Checks the result of a function, as CloudFront does before it uses the result.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
 */
import { isDisallowedHeader, isRefusedInResponse, READ_ONLY_IN_REQUEST } from "../cloudfront/headers";
import type { CloudFrontFunctionEvent, FunctionRequest, FunctionResponse, FunctionValues } from "./cloudfront-events";

/** The records of a KeyValueStore, and how it behaves. Tests change both while the edge runs. */
export interface KeyValueStore {
  records: Record<string, string>;
  /**
   * `error`: every call of the store is rejected, as if it could not be reached. `later`: every call of a run except
   * the first.
   */
  fault?: "error" | "later" | undefined;
}

export interface GateRun {
  result: FunctionRequest | FunctionResponse;
  /** The function's log output: `console.log`, and `cf.logCustomData` for the access log. */
  log: string[];
  /** How many times the function called the store. */
  reads: number;
}

/** A function that failed. The viewer gets `status`: 503 if it threw, 502 if its result is invalid. */
export class FunctionFault extends Error {
  constructor(
    readonly status: 502 | 503,
    message: string,
  ) {
    super(message);
    this.name = "FunctionFault";
  }
}

export function isResponse(result: FunctionRequest | FunctionResponse): result is FunctionResponse {
  return "statusCode" in result;
}

/** @throws FunctionFault with 502 if CloudFront would refuse the result */
export function checkResult(event: CloudFrontFunctionEvent, result: unknown): FunctionRequest | FunctionResponse {
  if (typeof result !== "object" || result === null)
    throw refused(`the function returned ${String(result)}; return a request or a response`);
  const checked = result as FunctionRequest | FunctionResponse;
  if (isResponse(checked)) checkResponse(checked);
  else checkRequest(event.request, checked);
  return checked;
}

function checkRequest(before: FunctionRequest, after: FunctionRequest): void {
  if (typeof after.uri !== "string" || !after.uri.startsWith("/"))
    throw refused("request.uri must be a path that starts with /");
  if (after.method !== before.method) throw refused("request.method is read-only");
  for (const part of ["headers", "cookies", "querystring"] as const) checkValues(`request.${part}`, after[part]);
  checkHeaderNames("request.headers", after.headers, (name) => {
    return !(name in before.headers) && (name === "cookie" || isDisallowedHeader(name));
  });
  for (const name of READ_ONLY_IN_REQUEST) {
    if (after.headers[name]?.value !== before.headers[name]?.value)
      throw refused(`request.headers["${name}"] is read-only`);
  }
}

function checkResponse(response: FunctionResponse): void {
  const { statusCode, headers = {}, cookies = {}, body } = response;
  if (!Number.isInteger(statusCode) || statusCode < 200 || statusCode > 599)
    throw refused("response.statusCode must be a number from 200 to 599");
  checkValues("response.headers", headers);
  checkValues("response.cookies", cookies);
  checkHeaderNames("response.headers", headers, (name) => name === "set-cookie" || isRefusedInResponse(name));
  const isText = body === undefined || typeof body === "string";
  if (!isText && (!["text", "base64"].includes(body.encoding) || typeof body.data !== "string")) {
    throw refused('response.body must be a text or { encoding: "text" or "base64", data }');
  }
}

function checkValues(where: string, values: FunctionValues): void {
  if (typeof values !== "object" || values === null) throw refused(`${where} must be an object`);
  for (const [name, entry] of Object.entries(values)) {
    const texts = [entry, ...(entry?.multiValue ?? [])].map((one) => one?.value);
    if (texts.some((text) => typeof text !== "string")) throw refused(`${where}["${name}"] must be { value: "…" }`);
    if (texts.some((text) => /[\r\n\0]/.test(text!))) throw refused(`${where}["${name}"] has a line break or a NUL`);
  }
}

function checkHeaderNames(where: string, headers: FunctionValues, isForbidden: (name: string) => boolean): void {
  for (const name of Object.keys(headers)) {
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name))
      throw refused(`${where}["${name}"]: write header names in lower case`);
    if (isForbidden(name)) throw refused(`${where}["${name}"] must not be set by a function`);
  }
}

function refused(message: string): FunctionFault {
  return new FunctionFault(502, message);
}
