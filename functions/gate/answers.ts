/** The gate's own answers: pages for people, problem details (RFC 9457) for programs. */
import { PAGE_SECURITY_POLICY, renderPage } from "../../session/page";
import type { Problem } from "../../session/problem";
import { ownSecurityHeaders } from "../../session/security-headers";
import type { Refusal } from "./decide";
import type { EdgeResponse, ViewerRequest, ViewerRequestEvent } from "./event";

export function refuse(why: Refusal, event: ViewerRequestEvent): EdgeResponse {
  // Inside the function: at module level the literal would be built on every invocation.
  const refusals: Record<Refusal, [status: number, title: string, text?: string]> = {
    host: [421, "Unknown address"],
    path: [400, "Address refused"],
    // https://www.rfc-editor.org/rfc/rfc6585#section-5
    size: [431, "Request too large", "Your browser sends too many cookies. Delete those of this site and try again."],
    endpoint: [404, "Not found"],
    rule: [403, "Access denied"],
    role: [403, "Access denied", "Your account has no access to this page."],
    store: [503, "Try again", "Sign-in cannot be checked right now."],
  };
  const refusal = refusals[why];
  const title = refusal[1];
  const text = refusal[2] || "Check the address, or ask for help.";
  const requestId = event.context.requestId;
  const headers = ownSecurityHeaders();
  if (why === "store") headers["retry-after"] = "5";
  if (!isNavigation(event.request))
    return problem({ status: refusal[0], title: title, detail: text, requestId: requestId }, headers);
  headers["content-security-policy"] = PAGE_SECURITY_POLICY;
  const page = renderPage(SETTINGS.theme, {
    title: title,
    text: text,
    action: why === "role" && { href: SETTINGS.basePath + "/logout", label: "Switch account" },
    requestId: requestId,
  });
  return answer(refusal[0], headers, "text/html;charset=utf-8", page);
}

/** Redirects a navigation to sign-in. Answers everything else with 401, because scripts cannot follow that redirect. */
export function askToSignIn(event: ViewerRequestEvent): EdgeResponse {
  const request = event.request;
  const method = request.method;
  const login = SETTINGS.basePath + "/login";
  if ((method === "GET" || method === "HEAD") && isNavigation(request)) {
    const query = request.rawQueryString();
    // encodeURIComponent throws on some bytes, which would fail the function. If there are any, return to the path
    // alone.
    const target = query && /^[!-~]+$/.test(query) ? request.uri + "?" + query : request.uri;
    return {
      statusCode: 302,
      headers: {
        location: { value: login + "?return_to=" + encodeURIComponent(target) },
        "cache-control": { value: "no-store" },
      },
    };
  }
  const headers = ownSecurityHeaders();
  // RFC 9110 section 11.6.1 asks for a challenge; https://datatracker.ietf.org/doc/html/draft-broyer-http-cookie-auth
  headers["www-authenticate"] = 'Cookie realm="gate"';
  return problem({ status: 401, title: "Sign-in required", login: login, requestId: event.context.requestId }, headers);
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

function problem(details: Problem, headers: Record<string, string>): EdgeResponse {
  return answer(details.status, headers, "application/problem+json", JSON.stringify(details));
}

function answer(status: number, headers: Record<string, string>, type: string, body: string): EdgeResponse {
  const values: EdgeResponse["headers"] = {};
  headers["content-type"] = type;
  for (const name in headers) values[name] = { value: headers[name]! };
  return { statusCode: status, headers: values, body: { encoding: "text", data: body } };
}
