/** Fetches from an identity provider: HTTPS only, no redirects, with limits on time and size. */
import { Failure, safeCode } from "./failure";

/** Milliseconds. */
const TIME_LIMIT = 3_000;
/** Bytes; five times the largest known document, a JWKS with certificate chains. */
const SIZE_LIMIT = 256 * 1024;

interface IdpRequest {
  method: string;
  headers: Record<string, string>;
  body?: BodyInit | null | undefined;
  /** Aborts the call before its own limit; absent if several requests share the call. */
  signal?: AbortSignal | undefined;
}

/**
 * Has the signature of `oauth.customFetch`.
 *
 * @throws Failure `idp_unavailable` for no answer in time, 429 and 5xx; `idp_answer_unreadable` for an answer that is
 *   too large; `idp_misconfigured` for a URL without TLS
 */
export async function idpFetch(url: string, { method, headers, body = null, signal }: IdpRequest): Promise<Response> {
  if (!url.startsWith("https://")) throw new Failure("idp_misconfigured", "not_https");
  const limits = [AbortSignal.timeout(TIME_LIMIT), ...(signal ? [signal] : [])];
  try {
    // "manual": no endpoint should redirect, and following a redirect could leak a code or a secret. "close": a
    // kept-alive connection could be closed unnoticed while the runtime is frozen.
    const options = { method, headers: { ...headers, connection: "close" }, body, signal: AbortSignal.any(limits) };
    const response = await fetch(url, { ...options, redirect: "manual" });
    if (response.status >= 500 || response.status === 429) {
      await response.body?.cancel();
      throw new Failure("idp_unavailable", `HTTP_${response.status}`);
    }
    return new Response(await readAtMost(SIZE_LIMIT, response), { status: response.status, headers: response.headers });
  } catch (error) {
    throw error instanceof Failure ? error : new Failure("idp_unavailable", safeCode(error));
  }
}

async function readAtMost(limit: number, response: Response): Promise<Blob | null> {
  if (!response.body) return null;
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array<ArrayBuffer>>) {
    size += chunk.byteLength;
    if (size > limit) throw new Failure("idp_answer_unreadable", "too_large");
    chunks.push(chunk);
  }
  return size === 0 ? null : new Blob(chunks);
}
