/**
 * A transmitter of security events: an HTTPS server that manages streams, signs events and pushes them, as the Shared
 * Signals Framework 1.0 says. Each issuer is a path below it, and misbehaves as its test says.
 */
import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { createSigningKey, signIdToken, type SigningKey } from "./idp/keys";
import { HONEST, push, type Behavior } from "./ssf-behavior";

export const ACCESS_TOKEN = "access-token.of~the_test+1/2==";
const VERIFICATION = "https://schemas.openid.net/secevent/ssf/event-type/verification";

export interface Stream {
  stream_id: string;
  delivery: { method: string; endpoint_url: string };
  events_requested: string[];
}

export interface SsfTransmitter {
  url: string;
  key: SigningKey;
  behaviors: Map<string, Behavior>;
  /** Makes the issuer `<url><path>` honest, except for these. */
  set(path: string, changes?: Partial<Behavior>): Behavior;
  streams: Map<string, Stream[]>;
  /** Method and path of every request, with its body if it has one. */
  requests: { line: string; body: unknown; authorization: string | undefined }[];
  /** Statuses of the gateway's answers to pushes. */
  pushes: number[];
  close(): Promise<void>;
}

/** @param gatewayCa the certificate (PEM) of the gateway, known later */
export async function startSsfTransmitter(
  certificate: { key: string; cert: string },
  gatewayCa: () => string,
): Promise<SsfTransmitter> {
  const key = await createSigningKey("ES256", "ssf-1");
  const behaviors = new Map<string, Behavior>();
  const streams = new Map<string, Stream[]>();
  const requests: SsfTransmitter["requests"] = [];
  const pushes: number[] = [];

  const server = createServer(certificate, (incoming, outgoing) => {
    void (async () => {
      const { pathname, searchParams } = new URL(incoming.url!, url);
      const body = incoming.method === "GET" || incoming.method === "DELETE" ? undefined : await json(incoming);
      const { authorization } = incoming.headers;
      requests.push({ line: `${incoming.method} ${incoming.url}`, body, authorization });
      const answer = await answerTo(incoming.method!, pathname, searchParams, body as never, authorization);
      outgoing.writeHead(answer.status, { "Content-Type": "application/json", ...answer.headers });
      outgoing.end(answer.body === undefined ? "" : JSON.stringify(answer.body));
    })();
  });
  const url = `https://localhost:${await listen(server)}`;

  interface Reply {
    status: number;
    body?: unknown;
    headers?: Record<string, string>;
  }

  function configurationOf(path: string, { metadata }: Behavior): object {
    return {
      spec_version: "1_0",
      issuer: url + path,
      jwks_uri: `${url}${path}/jwks`,
      delivery_methods_supported: ["urn:ietf:rfc:8935", "urn:ietf:rfc:8936"],
      configuration_endpoint: `${url}${path}/streams`,
      status_endpoint: `${url}${path}/status`,
      verification_endpoint: `${url}${path}/verify`,
      ...metadata,
    };
  }

  function shown(path: string, stream: Stream): object {
    const { supported, audience, stream: changes } = behaviors.get(path)!;
    return {
      iss: url + path,
      aud: audience,
      ...stream,
      events_supported: supported,
      events_delivered: stream.events_requested.filter((uri) => supported.includes(uri)),
      ...changes,
    };
  }

  async function answerTo(
    method: string,
    pathname: string,
    query: URLSearchParams,
    body: Partial<Stream> & { state?: string; status?: string },
    authorization: string | undefined,
  ): Promise<Reply> {
    const WELL_KNOWN = "/.well-known/ssf-configuration";
    for (const [path, behavior] of behaviors) {
      const place = behavior.wellKnownAppended ? path + WELL_KNOWN : WELL_KNOWN + path;
      if (pathname === place)
        return { status: behavior.statuses["GET configuration"] ?? 200, body: configurationOf(path, behavior) };
    }
    const [, path, part] = /^(.*)\/([a-z]+)$/.exec(pathname) ?? [];
    const behavior = path === undefined ? undefined : behaviors.get(path);
    if (!behavior) return { status: 404 };
    if (part === "jwks") return { status: 200, body: { keys: [key.jwk] } };
    if (authorization !== `Bearer ${ACCESS_TOKEN}`) return { status: 401, body: { description: authorization } };
    const forced = behavior.statuses[`${method} ${part}`];
    if (forced !== undefined)
      return { status: forced, body: { description: authorization }, headers: { Location: `${url}/elsewhere` } };
    const mine = streams.get(path!)!;
    const named = mine.find(({ stream_id }) => stream_id === (body?.stream_id ?? query.get("stream_id")));
    switch (`${method} ${part}`) {
      case "GET streams": {
        const all = behavior.listsAfter-- > 0 ? [] : mine.map((stream) => shown(path!, stream));
        if (!behavior.oneStream) return { status: 200, body: all };
        return all.length === 0 ? { status: 404 } : { status: 200, body: all[0] };
      }
      case "POST streams": {
        if (mine.length >= behavior.maxStreams) return { status: 409 };
        const stream = { ...body, stream_id: randomBytes(8).toString("hex") } as Stream;
        mine.push(stream);
        return { status: 201, body: shown(path!, stream) };
      }
      case "PATCH streams":
        return named ? { status: 200, body: shown(path!, Object.assign(named, body)) } : { status: 404 };
      case "DELETE streams":
        if (!named) return { status: 404 };
        mine.splice(mine.indexOf(named), 1);
        return { status: 204 };
      case "GET status":
        return named ? { status: 200, body: { status: behavior.status } } : { status: 404 };
      case "POST status":
        behavior.status = body.status!;
        return { status: 200, body: { status: behavior.status } };
      case "POST verify":
        if (!named) return { status: 404 };
        void verify(path!, named, body.state!);
        return { status: 204 };
      default:
        return { status: 405 };
    }
  }

  async function verify(path: string, stream: Stream, state: string): Promise<void> {
    const { audience, verification } = behaviors.get(path)!;
    const sent = verification ? verification({ state }) : { state };
    if (!sent) return;
    const claims = {
      iss: url + path,
      aud: audience as string,
      iat: Math.floor(Date.now() / 1000),
      jti: randomBytes(12).toString("hex"),
      sub_id: { format: "opaque", id: stream.stream_id },
      events: { [VERIFICATION]: { state: sent.state } },
    };
    const token = await signIdToken(claims, sent.key ?? key, { typ: "secevent+jwt" });
    pushes.push(await push(stream.delivery.endpoint_url, token, gatewayCa()));
  }

  return {
    url,
    key,
    behaviors,
    streams,
    requests,
    pushes,
    set(path, changes = {}) {
      const behavior = { ...HONEST, ...changes };
      behaviors.set(path, behavior);
      streams.set(path, []);
      return behavior;
    },
    close: () => new Promise((resolve) => void (server.close(() => resolve()), server.closeAllConnections())),
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return (server.address() as AddressInfo).port;
}
