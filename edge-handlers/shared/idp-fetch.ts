/** Fetches from an identity provider: HTTPS only, no redirects, with limits on time and size. */
import { AnswerTooLarge, openConnections, send } from "./connections";
import { Failure, safeCode } from "./failure";

/** Milliseconds. */
const TIME_LIMIT = 3_000;
/** Bytes; five times the largest known document, a JWKS with certificate chains. */
const SIZE_LIMIT = 256 * 1024;

/** Seconds after which servers with short limits close an idle connection: Node's and Apache's do so after 5. */
const KEPT_FOR = 4;
/** Firewalls refuse requests without a user agent, and without `identity` an answer may be compressed. */
const HEADERS = { "user-agent": "edgegate", "accept-encoding": "identity" };

interface IdpRequest {
  method: string;
  headers: Record<string, string>;
  body?: BodyInit | null | undefined;
  /** Aborts the call before its own limit; absent if several requests share the call. */
  signal?: AbortSignal | undefined;
}

/**
 * Has the signature of `oauth.customFetch`. Redirects are not followed: no endpoint should redirect, and following a
 * redirect could leak a code or a secret.
 *
 * @throws Failure `idp_unavailable` for no answer in time, 429 and 5xx; `idp_answer_unreadable` for an answer that is
 *   too large; `idp_misconfigured` for a URL without TLS
 */
export async function idpFetch(url: string, { method, headers, body, signal }: IdpRequest): Promise<Response> {
  const target = httpsUrl(url);
  const limits = [AbortSignal.timeout(TIME_LIMIT), ...(signal ? [signal] : [])];
  try {
    const answer = await send(target, {
      method,
      headers: { ...HEADERS, ...headers },
      ...(body && { body: String(body) }),
      signal: AbortSignal.any(limits),
      sizeLimit: SIZE_LIMIT,
      // A code or a refresh token must never be sent twice.
      isRepeatable: method === "GET",
      keptFor: KEPT_FOR,
    });
    if (answer.status >= 500 || answer.status === 429) throw new Failure("idp_unavailable", `HTTP_${answer.status}`);
    const fields = Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as [string, string]);
    return new Response(answer.body.length === 0 ? null : answer.body, { status: answer.status, headers: fields });
  } catch (error) {
    if (error instanceof AnswerTooLarge) throw new Failure("idp_answer_unreadable", "too_large");
    throw error instanceof Failure ? error : new Failure("idp_unavailable", safeCode(error));
  }
}

/** Opens a connection to the server of an endpoint, for a request that will follow. */
export function prepareIdpFetch(url: string): void {
  openConnections(httpsUrl(url));
}

/** @throws Failure `idp_misconfigured` */
function httpsUrl(url: string): URL {
  if (!url.startsWith("https://")) throw new Failure("idp_misconfigured", "not_https");
  return new URL(url);
}
