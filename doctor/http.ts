/** Sends single requests from outside, as a stranger would: no redirects followed, no cookies kept. */
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";

export interface Answer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string | undefined>;
  setCookies: string[];
  /** At most {@link SIZE_LIMIT} bytes. */
  body: string;
}

export interface Request {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** No answer. The message says why, in words. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** Milliseconds. */
const TIME_LIMIT = 10_000;
/** Bytes. */
const SIZE_LIMIT = 1024 * 1024;

/** Messages for error codes of Node and OpenSSL. */
const REASONS: Record<string, string> = {
  ENOTFOUND: "its name is not in DNS",
  EAI_AGAIN: "its name could not be looked up (DNS)",
  ECONNREFUSED: "it refuses connections",
  ECONNRESET: "it closed the connection",
  EHOSTUNREACH: "there is no route to it",
  ENETUNREACH: "there is no route to it",
  CERT_HAS_EXPIRED: "its certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is from an authority that this machine does not trust",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate cannot be verified (an intermediate certificate may be missing)",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is from an authority that this machine does not trust",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

export class Http {
  /** @param ca a certificate (PEM) to trust instead of the public authorities */
  constructor(readonly ca?: string) {}

  /** @throws NoAnswer */
  send(target: string | URL, { method = "GET", headers = {}, body }: Request = {}): Promise<Answer> {
    const url = new URL(target);
    const send = url.protocol === "http:" ? httpRequest : httpsRequest;
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => reject(new NoAnswer(reasonOf(error)));
      const outgoing = send(
        url,
        {
          method,
          agent: false,
          headers: {
            host: url.host,
            "user-agent": "edgegate-doctor",
            ...headers,
            ...(body !== undefined && { "content-length": Buffer.byteLength(body) }),
          },
          hostname: addressOf(url),
          servername: url.hostname,
          ...(this.ca !== undefined && { ca: this.ca }),
          signal: AbortSignal.timeout(TIME_LIMIT),
        },
        (incoming) => void answerOf(incoming).then(resolve, fail),
      );
      outgoing.once("error", fail);
      outgoing.end(body);
    });
  }

  /** The end of a host's certificate, in Unix seconds. @throws NoAnswer if there is no valid one */
  certificateEnd(url: URL): Promise<number> {
    return this.#handshake(url, {}, (socket) => Date.parse(socket.getPeerCertificate().valid_to) / 1000);
  }

  /** True if a host accepts TLS 1.0 or 1.1. */
  takesOldTls(url: URL): Promise<boolean> {
    // Without the lower security level, the local OpenSSL would refuse these versions itself.
    const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
    return this.#handshake(url, old, () => true).catch(() => false);
  }

  /** @param read reads what it needs from the connection, which is then closed */
  #handshake<T>(url: URL, options: ConnectionOptions, read: (socket: TLSSocket) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const socket = connect({
        host: addressOf(url),
        port: Number(url.port || 443),
        servername: url.hostname,
        ...(this.ca !== undefined && { ca: this.ca }),
        ...options,
      });
      const fail = (error: Error) => {
        socket.destroy();
        reject(new NoAnswer(reasonOf(error)));
      };
      socket.setTimeout(TIME_LIMIT, () => fail(new DOMException("", "TimeoutError")));
      socket.once("error", fail);
      socket.once("secureConnect", () => {
        resolve(read(socket));
        socket.destroy();
      });
    });
  }
}

/** Not every resolver knows names below localhost (RFC 6761 section 6.3). */
/** The JSON object that an answer is, if it is one. */
export function objectIn({ body }: Answer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function addressOf({ hostname }: URL): string {
  return hostname.endsWith(".localhost") ? "127.0.0.1" : hostname;
}

async function answerOf(incoming: IncomingMessage): Promise<Answer> {
  const { "set-cookie": setCookies = [], ...headers } = incoming.headers;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    if ((size += chunk.length) > SIZE_LIMIT) break;
  }
  return {
    status: incoming.statusCode!,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    setCookies,
    body: Buffer.concat(chunks).toString("utf8", 0, SIZE_LIMIT),
  };
}

function reasonOf(error: Error & { code?: unknown; cause?: unknown }): string {
  if (error.name === "TimeoutError" || (error.cause as Error | undefined)?.name === "TimeoutError")
    return `no answer within ${TIME_LIMIT / 1000} seconds`;
  const code = String(error.code ?? error.name);
  return Object.hasOwn(REASONS, code) ? REASONS[code]! : code;
}
