/** The gate's own answers: pages for people, problem details (RFC 9457) for programs. */
import { PAGE_SECURITY_POLICY, renderPage } from "../../session/page";
import type { Page } from "../../session/page";
import type { EdgeResponse, ViewerRequest, ViewerRequestEvent } from "./event";
import type { NoSession } from "./session";
import { cf } from "./runtime";

/** Why a request is refused; the code that the access log shows. */
type Refusal = "host" | "path" | "endpoint" | "rule" | "role" | "store";

/** Status, title, text. A function, because a literal outside would be built on every start. */
function refusals(): Record<Refusal, [status: number, title: string, text?: string]> {
  return {
    host: [421, "Unknown address"],
    path: [400, "Address refused"],
    endpoint: [404, "Not found"],
    rule: [403, "Access denied"],
    role: [403, "Access denied", "Your account has no access to this page."],
    store: [503, "Try again", "Sign-in cannot be checked right now."],
  };
}

export function refuse(why: Refusal, event: ViewerRequestEvent): EdgeResponse {
  const refusal = refusals()[why];
  const title = refusal[1];
  const text = refusal[2] || "Check the address, or ask for help.";
  const requestId = event.context.requestId;
  cf.logCustomData("deny " + why);
  const response = isNavigation(event.request)
    ? page(refusal[0], {
        title: title,
        text: text,
        action: why === "role" && { href: SETTINGS.basePath + "/logout", label: "Switch account" },
        requestId: requestId,
      })
    : problem({ status: refusal[0], title: title, detail: text, requestId: requestId });
  if (why === "store") response.headers["retry-after"] = { value: "5" };
  return response;
}

/** 302 to sign-in for a navigation; 401 for everything else, which could not follow one. */
export function askToSignIn(why: NoSession, event: ViewerRequestEvent): EdgeResponse {
  const request = event.request;
  const method = request.method;
  const login = SETTINGS.basePath + "/login";
  cf.logCustomData("login " + why);
  if ((method === "GET" || method === "HEAD") && isNavigation(request)) {
    const query = request.rawQueryString();
    // Bytes that encodeURIComponent might not take would fail the function; the path alone is a good place to return
    // to.
    const target = query && /^[!-~]+$/.test(query) ? request.uri + "?" + query : request.uri;
    return {
      statusCode: 302,
      headers: {
        location: { value: login + "?return_to=" + encodeURIComponent(target) },
        "cache-control": { value: "no-store" },
      },
    };
  }
  const response = problem({
    status: 401,
    title: "Sign-in required",
    login: login,
    requestId: event.context.requestId,
  });
  // RFC 9110 section 11.6.1 asks for a challenge; https://datatracker.ietf.org/doc/html/draft-broyer-http-cookie-auth
  response.headers["www-authenticate"] = { value: 'Cookie realm="gate"' };
  return response;
}

/** https://w3c.github.io/webappsec-fetch-metadata/; the Accept header where a browser sends no such metadata. */
function isNavigation(request: ViewerRequest): boolean {
  const said = (name: string) => (request.headers[name] ? request.headers[name].value : "");
  const metadata = said("sec-fetch-mode") + " " + said("sec-fetch-dest");
  return metadata === " " ? said("accept").indexOf("text/html") >= 0 : metadata === "navigate document";
}

function page(status: number, content: Page): EdgeResponse {
  const response = answer(status, "text/html;charset=utf-8", renderPage(SETTINGS.theme, content));
  response.headers["content-security-policy"] = { value: PAGE_SECURITY_POLICY };
  return response;
}

function problem(details: { status: number; [member: string]: unknown }): EdgeResponse {
  return answer(details.status, "application/problem+json", JSON.stringify(details));
}

/** With security headers, because a response headers policy does not reach what a function answers. */
function answer(status: number, type: string, body: string): EdgeResponse {
  return {
    statusCode: status,
    headers: {
      "content-type": { value: type },
      "cache-control": { value: "no-store" },
      "strict-transport-security": { value: "max-age=31536000" },
      "x-content-type-options": { value: "nosniff" },
    },
    body: { encoding: "text", data: body },
  };
}
