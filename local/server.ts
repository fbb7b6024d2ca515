/** CloudFront on localhost: answers HTTPS requests by the behaviors of a synthesized distribution. */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { isRefusedInResponse } from "../cloudfront/headers";
import { MAX_GENERATED_RESPONSE } from "../cloudfront/limits";
import {
  functionEvent,
  lambdaEvent,
  requestFrom,
  responseFrom,
  responseFromLambda,
  type CloudFrontFunctionEvent,
  type EdgeRequest,
  type EdgeResponse,
  type LambdaResponse,
} from "./cloudfront-events";
import { behaviorFor, type Behavior, type Distribution } from "./distribution";
import { forwards } from "./forwarding";
import { FunctionFault, isResponse, type GateRun, type KeyValueStore } from "./gate-result";
import type { Lambda } from "./lambda";

export interface EdgeParts {
  distribution: Distribution;
  runGate: (source: string, event: CloudFrontFunctionEvent, store: KeyValueStore) => Promise<GateRun>;
  store: KeyValueStore;
  /** The handlers, by function name. */
  lambdas: Record<string, Lambda>;
  origin: (request: EdgeRequest, behavior: Behavior) => EdgeResponse;
  /** Called with one line for each request. */
  log: (line: string) => void;
}

interface Answer {
  response: EdgeResponse;
  /** What answered (for the gate, its own log), and what went wrong. */
  by: string;
}

/** Headers that CloudFront sends to every origin, whatever the policies say. */
const ALWAYS_FORWARDED = ["user-agent", "x-amz-cf-id", "via"];

export async function serve(parts: EdgeParts, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const request = await edgeRequest(incoming);
  const { response, by } = await answer(parts, request);
  parts.log(`${request.method} ${request.path} ${response.status} ${by}`);
  const headers = [...response.headers, ["x-amz-cf-id", request.id], ["content-length", String(response.body.length)]];
  outgoing.writeHead(response.status, headers.flat() as string[]);
  outgoing.end(request.method === "HEAD" ? undefined : response.body);
}

async function edgeRequest(incoming: IncomingMessage): Promise<EdgeRequest> {
  const target = incoming.url ?? "/";
  const at = target.indexOf("?");
  return {
    id: randomBytes(18).toString("base64url"),
    method: incoming.method ?? "GET",
    path: at < 0 ? target : target.slice(0, at),
    query: at < 0 ? undefined : target.slice(at + 1),
    headers: incoming.rawHeaders.flatMap((name, index, all): [string, string][] =>
      index % 2 === 0 ? [[name, all[index + 1]!]] : [],
    ),
    body: await buffer(incoming),
    clientIp: (incoming.socket.remoteAddress ?? "127.0.0.1").replace(/^::ffff:/, ""),
  };
}

async function answer(parts: EdgeParts, request: EdgeRequest): Promise<Answer> {
  if (!request.path.startsWith("/"))
    return { response: failure(request, 400, "The request target must be a path."), by: "edge" };
  const behavior = behaviorFor(parts.distribution, request.path);
  if (!behavior.allowedMethods.includes(request.method)) {
    return { response: failure(request, 403, "This behavior does not allow this method."), by: "edge" };
  }
  if (behavior.lambda) return answerOfLambda(parts.lambdas[behavior.lambda.functionName]!, request);
  // The synth refuses such a behavior. The local edge lets nothing through without a decision either.
  if (behavior.gate === undefined)
    return { response: failure(request, 503, "No function decides about this behavior."), by: "edge" };
  return answerOfGate(parts, behavior, behavior.gate, request);
}

async function answerOfGate(parts: EdgeParts, behavior: Behavior, gate: string, request: EdgeRequest): Promise<Answer> {
  try {
    const { result, log } = await parts.runGate(gate, functionEvent(request), parts.store);
    const by = log.join(" ");
    if (isResponse(result)) return { response: responseFrom(result), by };
    const passed = forwarded(requestFrom(result, request), behavior, parts.distribution.rootObject);
    return { response: withHeaders(parts.origin(passed, behavior), behavior), by };
  } catch (error) {
    if (!(error instanceof FunctionFault)) throw error;
    return {
      response: failure(request, error.status, "The CloudFront function failed."),
      by: `gate failed: ${error.message}`,
    };
  }
}

async function answerOfLambda(lambda: Lambda, request: EdgeRequest): Promise<Answer> {
  let result: unknown;
  try {
    result = await lambda.invoke(lambdaEvent(request));
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : "";
    return { response: failure(request, 503, "The Lambda function failed."), by: `handler failed: ${reason}` };
  }
  const problem = problemOf(result);
  if (problem)
    return {
      response: failure(request, 502, "The Lambda function returned no valid response."),
      by: `handler: ${problem}`,
    };
  return { response: responseFromLambda(result as LambdaResponse), by: "handler" };
}

/**
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-generating-http-responses-in-requests.html
 */
function problemOf(result: unknown): string | undefined {
  const { status, headers = {}, body = "" } = (result ?? {}) as Partial<LambdaResponse>;
  if (typeof status !== "string" || !/^[2-5]\d\d$/.test(status)) return "status must be a text of three digits";
  if (typeof body !== "string" || Buffer.byteLength(body) > MAX_GENERATED_RESPONSE)
    return "body must be a text of at most 40 KB";
  for (const [name, list] of Object.entries(headers)) {
    const wellFormed =
      name === name.toLowerCase() &&
      Array.isArray(list) &&
      list.every(({ key, value }) => typeof value === "string" && (key ?? name).toLowerCase() === name);
    if (!wellFormed) return `header ${name} must be a list of { key, value } under its lower-case name`;
    if (isRefusedInResponse(name)) return `header ${name} must not be set by a function`;
  }
  return undefined;
}

/** The request that the origin gets: its path and body, and what the behavior's policies add. */
function forwarded(request: EdgeRequest, behavior: Behavior, rootObject: string): EdgeRequest {
  const isForwarded = (name: string) =>
    forwards(behavior.forwards, name) || (name !== "host" && ALWAYS_FORWARDED.includes(name));
  const headers = request.headers.filter(([name]) => isForwarded(name));
  if (behavior.origin !== "s3" && !isForwarded("host")) headers.unshift(["host", behavior.origin]);
  const path = request.path === "/" ? `/${rootObject}` : request.path;
  return {
    ...request,
    path,
    query: behavior.forwards.query ? request.query : undefined,
    headers: [...headers, ["x-amz-cf-id", request.id]],
  };
}

/** Applies the response headers policy. CloudFront does not apply it to responses of viewer-request functions. */
function withHeaders(response: EdgeResponse, behavior: Behavior): EdgeResponse {
  const present = new Set(response.headers.map(([name]) => name.toLowerCase()));
  const set = behavior.responseHeaders.filter((header) => header.override || !present.has(header.name));
  const replaced = new Set(set.map((header) => header.name));
  return {
    ...response,
    headers: [
      ...response.headers.filter(([name]) => !replaced.has(name.toLowerCase())),
      ...set.map(({ name, value }): [string, string] => [name, value]),
    ],
  };
}

/** CloudFront's own error page. */
function failure(request: EdgeRequest, status: number, why: string): EdgeResponse {
  const body = `<!doctype html><html lang="en"><title>ERROR: The request could not be satisfied</title>
<h1>${status} ERROR</h1><h2>The request could not be satisfied.</h2><p>${why}</p><pre>Generated by the local edge\nRequest ID: ${request.id}</pre></html>`;
  return {
    status,
    headers: [
      ["content-type", "text/html"],
      ["cache-control", "no-store"],
    ],
    body: Buffer.from(body),
  };
}
