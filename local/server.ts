/** CloudFront on localhost: answers HTTPS requests by the behaviors of a synthesized distribution. */
import { randomBytes } from "node:crypto";
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable, type Duplex } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { withoutRemoved } from "../cloudfront/headers";
import {
  functionEvent,
  lambdaEvent,
  requestFrom,
  responseFrom,
  responseFromLambda,
  type CloudFrontFunctionEvent,
  type EdgeRequest,
  type LambdaResponse,
} from "./cloudfront-events";
import { withCors } from "./cors";
import { behaviorFor, type Behavior, type Distribution } from "./distribution";
import { errorPage } from "./error-page";
import { forwarded, withHeaders } from "./forwarding";
import type { HandlerLines } from "./handler-lines";
import { afterOrigin, beforeOrigin, problemOf } from "./origin-handlers";
import { FunctionFault, isResponse, type GateRun, type KeyValueStore } from "./gate-result";
import type { Lambda } from "./lambda";
import type { LogEntry } from "./log-line";
import type { Origin, OriginResponse } from "./origin";
import { isLeftToHandler, type Judge, type Verdict } from "./verdict";
import { isWebSocket, responseOver, tunnel } from "./websocket";

export interface EdgeParts {
  distribution: Distribution;
  runGate: (source: string, event: CloudFrontFunctionEvent, store: KeyValueStore) => Promise<GateRun>;
  store: KeyValueStore;
  /** The handlers, by function name. */
  lambdas: Record<string, Lambda>;
  origin: Origin;
  judge: Judge;
  /** What the bearer handler logged about a request that it refused; undefined if it logged nothing. */
  refusalOf: HandlerLines["about"];
  /** Called once for each request, when its response begins. */
  log: (entry: LogEntry) => void;
}

interface Answer extends Verdict {
  response: OriginResponse;
  /** The gate's entry in the access log. */
  said?: string;
}

/** A viewer's request with its body and its connection. */
interface Visit {
  request: EdgeRequest;
  stream: Readable;
  /** True if Node passed the raw connection to us, without reading a body. */
  isUpgrade: boolean;
  /** True for the handshake of a WebSocket. */
  isHandshake: boolean;
  gone: AbortSignal;
}

export async function serve(parts: EdgeParts, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { response } = await respond(parts, incoming, outgoing, {
    stream: incoming,
    isUpgrade: false,
    isHandshake: false,
  });
  await send(response, outgoing);
}

/** For requests with an `Upgrade` header. CloudFront passes it on for WebSockets only. */
export async function serveUpgrade(
  parts: EdgeParts,
  incoming: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  socket.on("error", () => socket.destroy());
  const outgoing = responseOver(socket, incoming);
  const how = { stream: Readable.from([]), isUpgrade: true, isHandshake: isWebSocket(incoming) };
  const { response } = await respond(parts, incoming, outgoing, how);
  if (!response.tunnel) return send(response, outgoing);
  outgoing.detachSocket(socket as Parameters<ServerResponse["detachSocket"]>[0]);
  tunnel({ socket, head }, { ...response, tunnel: response.tunnel });
}

/** Decides, forwards an allowed request to the origin, and logs. */
async function respond(
  parts: EdgeParts,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  how: Pick<Visit, "stream" | "isUpgrade" | "isHandshake">,
): Promise<Answer> {
  const time = new Date();
  const begin = performance.now();
  const gone = new AbortController();
  outgoing.once("close", () => outgoing.writableFinished || gone.abort());
  const request = edgeRequest(incoming);
  const answered = await answer(parts, { request, gone: gone.signal, ...how });
  const { response, note = response.note, ...verdict } = answered;
  parts.log({
    ...verdict,
    ...(note !== undefined && { note }),
    time,
    method: request.method,
    host: (incoming.headers.host ?? "").replace(/:\d+$/, ""),
    path: request.path,
    status: response.status,
    authority: incoming.headers.host ?? "",
    requestId: request.id,
    address: request.clientIp,
    milliseconds: performance.now() - begin,
  });
  return { ...answered, response: { ...response, headers: [...response.headers, ["x-amz-cf-id", request.id]] } };
}

async function send({ status, headers, body }: OriginResponse, outgoing: ServerResponse): Promise<void> {
  if (Buffer.isBuffer(body)) {
    outgoing.writeHead(status, [...headers, ["content-length", String(body.length)]].flat());
    outgoing.end(outgoing.req.method === "HEAD" ? undefined : body);
    return;
  }
  outgoing.writeHead(status, STATUS_CODES[status] ?? "", headers.flat());
  // The beginning of a stream of events must not wait for the first one.
  outgoing.flushHeaders();
  // If either side ends early, so does the other: the viewer must see that the response is not complete.
  await pipeline(body, outgoing).catch(() => {});
}

function edgeRequest(incoming: IncomingMessage): EdgeRequest {
  const target = incoming.url ?? "/";
  const at = target.indexOf("?");
  return {
    // In the form of CloudFront's IDs.
    id: `${randomBytes(40).toString("base64url")}==`,
    method: incoming.method ?? "GET",
    path: at < 0 ? target : target.slice(0, at),
    query: at < 0 ? undefined : target.slice(at + 1),
    headers: incoming.rawHeaders.flatMap((name, index, all): [string, string][] =>
      index % 2 === 0 ? [[name, all[index + 1]!]] : [],
    ),
    body: Buffer.alloc(0),
    clientIp: (incoming.socket.remoteAddress ?? "127.0.0.1").replace(/^::ffff:/, ""),
  };
}

async function answer(parts: EdgeParts, visit: Visit): Promise<Answer> {
  const { request } = visit;
  const refused = (status: number, why: string): Answer => ({
    response: errorPage(request, status, why),
    decision: "edge",
    note: why,
  });
  if (!request.path.startsWith("/")) return refused(400, "The request target must be a path.");
  const behavior = behaviorFor(parts.distribution, request.path);
  if (!behavior.allowedMethods.includes(request.method))
    return refused(403, "This behavior does not allow this method.");
  // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#RequestCustom-get-body
  if (request.method === "GET" && hasBody(request)) return refused(403, "A GET request must not have a body.");
  if (visit.isUpgrade && hasBody(request))
    return refused(400, "The local edge takes no body of a request that asks for an upgrade.");
  if (behavior.lambda) {
    const body = await buffer(visit.stream);
    return answerOfLambda(parts.lambdas[behavior.lambda.functionName]!, { ...request, body });
  }
  // The synth refuses such a behavior. The local edge lets nothing through without a decision either.
  if (behavior.gate === undefined) return refused(503, "No function decides about this behavior.");
  return answerOfGate(parts, behavior, behavior.gate, visit);
}

async function answerOfGate(parts: EdgeParts, behavior: Behavior, gate: string, visit: Visit): Promise<Answer> {
  const { request } = visit;
  let run: GateRun;
  try {
    run = await parts.runGate(gate, functionEvent(request), parts.store);
  } catch (error) {
    if (!(error instanceof FunctionFault)) throw error;
    return {
      response: errorPage(request, error.status, "The CloudFront function failed."),
      decision: "gate failed",
      note: error.message,
    };
  }
  const { result, log } = run;
  const said = log.join(" ");
  if (isResponse(result))
    return { response: responseFrom(result), said, ...parts.judge.ofGate(request, said, undefined) };
  const ofGate = { said, ...parts.judge.ofGate(request, said, result.headers["x-gate-email"]?.value) };
  const isLeft = isLeftToHandler(said);
  const admitted = await beforeOrigin(
    parts.lambdas,
    forwarded(requestFrom(result, request), behavior, parts.distribution.rootObject),
    behavior,
  );
  if ("response" in admitted) {
    const line = isLeft ? await parts.refusalOf(request.id) : undefined;
    const verdict = isLeft ? { said, ...parts.judge.ofHandler(ofGate, line) } : ofGate;
    // The decision says more than that the handler answered.
    const note = line === undefined ? admitted.note : undefined;
    const response = withPolicy(admitted.response, behavior, request);
    return { response, ...verdict, ...(note !== undefined && { note }) };
  }
  const verdict = isLeft ? { said, ...parts.judge.ofHandler(ofGate, admitted.request) } : ofGate;
  const passed = admitted.request;
  const asked = await parts.origin({ ...visit, ...passed }, behavior);
  const { response, note } = behavior.originResponse
    ? await afterOrigin(parts.lambdas[behavior.originResponse.functionName]!, passed, asked, behavior)
    : { response: asked };
  // AWS does not document the response headers policy for a protocol switch, and browsers ignore such headers.
  const seen = response.tunnel
    ? { ...response, headers: withoutRemoved(response.headers, "viewer") }
    : withPolicy(response, behavior, request);
  return { response: seen, ...verdict, ...(note !== undefined && { note }) };
}

/** The headers that the response headers policy sets. */
function withPolicy(response: OriginResponse, behavior: Behavior, request: EdgeRequest): OriginResponse {
  const origin = request.headers.find(([name]) => name.toLowerCase() === "origin")?.[1];
  return withCors(withHeaders(response, behavior), behavior.cors, origin);
}

function hasBody({ headers }: EdgeRequest): boolean {
  return headers.some(([written, value]) => {
    const name = written.toLowerCase();
    return name === "transfer-encoding" || (name === "content-length" && value !== "0");
  });
}

async function answerOfLambda(lambda: Lambda, request: EdgeRequest): Promise<Answer> {
  let result: unknown;
  try {
    result = await lambda.invoke(lambdaEvent(request));
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : "";
    return {
      response: errorPage(request, 503, "The Lambda function failed."),
      decision: "handler failed",
      note: reason,
    };
  }
  const problem = problemOf(result);
  if (problem)
    return {
      response: errorPage(request, 502, "The Lambda function returned no valid response."),
      decision: "handler",
      note: problem,
    };
  return { response: responseFromLambda(result as LambdaResponse), decision: "handler" };
}
