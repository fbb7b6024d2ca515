/**
 * The gate's own answers: problem details (RFC 9457) for programs. People get a page whose only content is a frame with
 * a page of the auth handler, which has the space for languages and knows who the visitor is. Address and status stay
 * those of the request (docs/decisions/0050-pages.md).
 */
import { ROLE_SEPARATOR } from "../../policy/requirement-text";
import type { Problem } from "../../session/problem";
import { ownSecurityHeaders } from "../../session/security-headers";
import type { NoSession, Refusal } from "./decide";
import type { EdgeResponse, ViewerRequest, ViewerRequestEvent } from "./event";
import { withProof } from "./refusal-proof";

/** @param need what the session does not meet; the page tells the handler, if people may know */
export function refuse(why: Refusal | "function", event: ViewerRequestEvent, need?: string): EdgeResponse {
  // Inside the function: at module level the literal would be built on every invocation.
  const refusals: Record<Exclude<Refusal, "closed">, [status: number, title: string, text?: string]> &
    Record<string, [status: number, title: string, text?: string]> = {
    host: [421, "Unknown address"],
    path: [400, "Address refused"],
    // https://www.rfc-editor.org/rfc/rfc6585#section-5
    size: [431, "Request too large", "Too many cookies or headers."],
    endpoint: [404, "Not found"],
    rule: [403, "Access denied"],
    role: [403, "Access denied", "Your account has no access to this page."],
    store: [503, "Try again", "Sign-in cannot be checked right now."],
  };
  if (WITH_MAINTENANCE) refusals["closed"] = [503, "Under maintenance", "Please come back later."];
  if (WITH_FUNCTIONS) refusals["function"] = [500, "Something went wrong", "The site's own function failed."];
  const refusal = refusals[why]!;
  const headers = ownSecurityHeaders();
  if (refusal[0] === 503) headers["retry-after"] = (WITH_MAINTENANCE && why === "closed" && SETTINGS.closed) || "5";
  if (isNavigation(event.request)) return page(refusal[0], why, event, headers, need);
  return problem(
    {
      status: refusal[0],
      title: refusal[1],
      detail: refusal[2],
      requestId: event.context.requestId,
    },
    headers,
  );
}

/**
 * Redirects a navigation to sign-in. A form of this site whose session may be renewable goes there and back with its
 * body (https://www.rfc-editor.org/rfc/rfc9110#status.307). Everything else that cannot be repeated gets a 401: other
 * forms, with a page that says how to send them again, and what scripts ask for, because they cannot follow that redirect.
 */
export function askToSignIn(event: ViewerRequestEvent, why: NoSession | "step-up"): EdgeResponse {
  const request = event.request;
  const method = request.method;
  const login = SETTINGS.basePath + "/login";
  const isPage = isNavigation(request);
  if (isPage) {
    const to = place(request);
    // A redirect changes neither who sent the form (https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header)
    // nor that browsers send no Lax cookie with the POST of another site
    // (https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.2). The way back must have the whole
    // query: a form must not end up at another place.
    // The header is looked up for forms only: it costs.
    const isForm =
      method === "POST" &&
      why !== "none" &&
      (request.headers["sec-fetch-site"] || { value: "" }).value === "same-origin" &&
      (to.indexOf("%3F") > 0 || !request.rawQueryString());
    if (isForm || method === "GET" || method === "HEAD") {
      return {
        statusCode: isForm ? 307 : 302,
        headers: {
          location: { value: login + "?return_to=" + to + (WITH_STEPUP ? stronger : "") },
          "cache-control": { value: "no-store" },
        },
      };
    }
  }
  const headers = ownSecurityHeaders();
  // RFC 9110 section 11.6.1 asks for a challenge; https://datatracker.ietf.org/doc/html/draft-broyer-http-cookie-auth
  headers["www-authenticate"] = 'Cookie realm="gate"';
  if (WITH_STEPUP && stronger) headers["www-authenticate"] += challengeOf(stronger);
  if (isPage) return page(401, "form", event, headers);
  return problem(
    {
      status: 401,
      title: "Sign-in required",
      login: WITH_STEPUP && stronger ? login + "?" + stronger.slice(1) : login,
      requestId: event.context.requestId,
    },
    headers,
  );
}

/** What the sign-in has to ask the identity provider for, as parameters of its address; empty for nothing. */
let stronger = "";

/**
 * Asks for a newer or stronger authentication, where somebody is signed in, but not in the way that the rule requires.
 *
 * @param left the conditions on it, as extended text (policy/requirement-text.ts)
 */
export function askForMore(event: ViewerRequestEvent, left: string): EdgeResponse {
  stronger = left.replace("age=", "max_age=").replace("acr=", "acr_values=").split(ROLE_SEPARATOR).join("%20");
  // A renewal does not help, so a form does not take its way.
  const answer = askToSignIn(event, "none");
  stronger = "";
  return answer;
}

/** https://www.rfc-editor.org/rfc/rfc9470#section-3. The values have no quotes (config/conditions.ts). */
function challengeOf(parameters: string): string {
  return (
    ', error="insufficient_user_authentication"' +
    decodeURIComponent(parameters.split("&").join('", ').split("=").join('="')).slice(1) +
    '"'
  );
}

/** The path and the query of a request whose path was checked, encoded. */
function place(request: ViewerRequest): string {
  const query = request.rawQueryString();
  // encodeURIComponent throws on some bytes, which would fail the function. If there are any, the way back is the path
  // alone, as it is for a query with which the URL could become longer than the 8,192 bytes that CloudFront takes.
  return encodeURIComponent(
    query && query.length < 2048 && /^[!-~]+$/.test(query) ? request.uri + "?" + query : request.uri,
  );
}

/** https://w3c.github.io/webappsec-fetch-metadata/; the Accept header if the browser sends no such metadata. */
function isNavigation(request: ViewerRequest): boolean {
  const headers = request.headers;
  const mode = headers["sec-fetch-mode"];
  const destination = headers["sec-fetch-dest"];
  const accept = headers["accept"];
  if (mode || destination)
    return !!mode && !!destination && mode.value === "navigate" && destination.value === "document";
  return !!accept && accept.value.indexOf("text/html") >= 0;
}

/** Nothing of the request is in it but its path and query, encoded. The title is the same in every language. */
function page(
  status: number,
  why: Refusal | "form" | "function",
  event: ViewerRequestEvent,
  headers: Record<string, string>,
  need?: string,
): EdgeResponse {
  headers["content-security-policy"] =
    "default-src 'none';style-src 'unsafe-inline';frame-src 'self';frame-ancestors 'none'";
  const name = SETTINGS.productName;
  const isChecked = why !== "host" && why !== "path" && why !== "size";
  let source =
    SETTINGS.basePath +
    "/refused?why=" +
    why +
    "&id=" +
    event.context.requestId +
    (isChecked ? "&to=" + place(event.request) : "") +
    (WITH_STEPUP ? stronger : "") +
    (SETTINGS.tellRoles && need ? "&need=" + encodeURIComponent(need) : "");
  if (WITH_REFUSALS && event.signer) source = withProof(source, event.signer, event.request.headers["host"]!.value);
  return answer(
    status,
    headers,
    "text/html;charset=utf-8",
    `<!doctype html><html lang=en><meta name=viewport content="width=device-width"><title>${status} - ${name}</title><style>:root{color-scheme:light dark}iframe{position:fixed;inset:0;width:100%;height:100%;border:0}</style><iframe title="${name}" src="${source}"></iframe>`,
  );
}

export function problem(details: Problem, headers: Record<string, string>): EdgeResponse {
  return answer(details.status, headers, "application/problem+json", JSON.stringify(details));
}

function answer(status: number, headers: Record<string, string>, type: string, body: string): EdgeResponse {
  const values: EdgeResponse["headers"] = {};
  headers["content-type"] = type;
  for (const name in headers) values[name] = { value: headers[name]! };
  return { statusCode: status, headers: values, body: { encoding: "text", data: body } };
}
