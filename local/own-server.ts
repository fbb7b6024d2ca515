/**
 * The developer's own server in place of an origin. It gets the requests that CloudFront would send. CloudFront's table
 * (cloudfront/headers.ts, forwarding.ts) determines which headers are removed and added, so this uses Node's HTTP
 * client, which adds none.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { lookup as dnsLookup } from "node:dns";
import type { Duplex } from "node:stream";
import type { Behavior } from "./distribution";
import { errorPage } from "./error-page";
import { forwards } from "./forwarding-policy";
import type { OriginRequest, OriginResponse } from "./origin";

/**
 * A connection serves one request. One that the server closed at that moment would make a request fail without a fault
 * of the server, which restarts often during development.
 */
const AGENTS = { "http:": new HttpAgent(), "https:": new HttpsAgent() };

/** Messages for error codes of Node and OpenSSL. */
const REASONS: Record<string, string> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "it closed the connection before it had answered",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "its name could not be looked up",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is from an authority that this machine does not trust",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is from an authority that this machine does not trust",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  CERT_HAS_EXPIRED: "its certificate has expired",
};

/**
 * @param server scheme, host and port
 * @returns an error page if there is no answer: 502 without a connection, 504 after the origin's time limit
 */
export function askOwnServer(server: URL, request: OriginRequest, behavior: Behavior): Promise<OriginResponse> {
  const send = server.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const outgoing = send({
      protocol: server.protocol,
      hostname: server.hostname.replace(/^\[|\]$/g, ""),
      port: server.port,
      method: request.method,
      path: behavior.originPath + request.path + (request.query === undefined ? "" : `?${request.query}`),
      agent: AGENTS[server.protocol as keyof typeof AGENTS],
      lookup: lookupOf(server),
      signal: request.gone,
      timeout: behavior.originTimeout * 1000,
    });
    for (const [name, values] of grouped(request.headers)) outgoing.setHeader(name, values);
    // CloudFront's is the name of the origin; an origin that checks it expects its own.
    if (!forwards(behavior.forwards, "host")) outgoing.setHeader("host", server.host);
    outgoing.setHeader("connection", request.isHandshake ? "Upgrade" : "Keep-Alive");
    if (request.isHandshake) outgoing.setHeader("upgrade", "websocket");

    let isLate = false;
    outgoing.once("timeout", () => {
      isLate = true;
      outgoing.destroy();
    });
    outgoing.on("error", (error) => {
      request.stream.unpipe(outgoing);
      // Without this, a viewer that is still sending would not read the answer.
      request.stream.resume();
      if (request.gone.aborted) resolve(left(request));
      else resolve(isLate ? late(server, request, behavior) : unreachable(server, request, error));
    });
    outgoing.once("response", (incoming) => resolve(answerOf(incoming)));
    outgoing.once("upgrade", (incoming, socket: Duplex, head) => {
      resolve({ ...answerOf(incoming), tunnel: { socket, head } });
    });
    request.stream.pipe(outgoing);
  });
}

function answerOf(incoming: IncomingMessage): OriginResponse {
  return {
    status: incoming.statusCode!,
    headers: incoming.rawHeaders.flatMap((name, index, all): [string, string][] =>
      index % 2 === 0 ? [[name, all[index + 1]!]] : [],
    ),
    body: incoming,
  };
}

function grouped(headers: OriginRequest["headers"]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of headers) groups.set(name, [...(groups.get(name) ?? []), value]);
  return groups;
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html */
function unreachable({ origin }: URL, request: OriginRequest, error: Error & { code?: string }): OriginResponse {
  const code = error.code ?? error.message;
  const reason = Object.hasOwn(REASONS, code) ? `${REASONS[code]} (${code})` : code;
  const hint = /CERT|SIGNATURE/.test(code)
    ? "CloudFront accepts no such certificate either. Use http, or name the authority in NODE_EXTRA_CA_CERTS."
    : "Start it, or correct --origin.";
  return {
    ...errorPage(request, 502, `${origin} cannot be reached: ${reason}. ${hint}`),
    note: `${origin} cannot be reached: ${reason}`,
  };
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-504-gateway-timeout.html */
function late({ origin }: URL, request: OriginRequest, { originTimeout }: Behavior): OriginResponse {
  const why = `${origin} sent nothing for ${originTimeout} seconds`;
  return { ...errorPage(request, 504, `${why}, which is how long CloudFront waits for this origin.`), note: why };
}

/** For the log; the status is nginx's, because nobody receives it. */
function left(request: OriginRequest): OriginResponse {
  return { ...errorPage(request, 499, ""), note: "the viewer left before the response began" };
}

/** Names below localhost are this machine (RFC 6761 section 6.3), but not every resolver knows that. */
function lookupOf({ hostname }: URL): LookupFunction {
  return hostname.endsWith(".localhost")
    ? (_host, options, done) => dnsLookup("localhost", options, done)
    : (host, options, done) => dnsLookup(host, options, done);
}
