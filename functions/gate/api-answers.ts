/** Answers of API behaviors: programs get problem details (RFC 9457) and challenges (RFC 6750), and never a page. */
import { ownSecurityHeaders } from "../../session/security-headers";
import { problem } from "./answers";
import { readable } from "./cors";
import type { Refusal } from "./decide";
import type { EdgeResponse, ViewerRequestEvent } from "./event";

export function refuseCall(why: Refusal | "function", event: ViewerRequestEvent): EdgeResponse {
  const refusals: Record<Refusal | "function", [status: number, title: string]> = {
    host: [421, "Unknown address"],
    path: [400, "Address refused"],
    size: [431, "Request too large"],
    endpoint: [404, "Not found"],
    rule: [403, "Access denied"],
    role: [403, "Access denied"],
    store: [503, "Try again"],
    closed: [503, "Under maintenance"],
    function: [500, "Something went wrong"],
  };
  const refusal = refusals[why];
  return answer(event, refusal[0], refusal[1], why === "role" ? "insufficient_scope" : "", why);
}

/** Signing in helps scripts of the site's own, but not who presents a token. */
export function askForToken(event: ViewerRequestEvent): EdgeResponse {
  return answer(event, 401, "Token required", "invalid_token");
}

/** @param error of https://www.rfc-editor.org/rfc/rfc6750#section-3.1; only told to who presents a token */
function answer(event: ViewerRequestEvent, status: number, title: string, error: string, why?: string): EdgeResponse {
  const headers = ownSecurityHeaders();
  const hasToken = event.request.headers["authorization"];
  if (status === 503) headers["retry-after"] = (why === "closed" && SETTINGS.closed) || "5";
  if (error) headers["www-authenticate"] = 'Bearer realm="gate"' + (hasToken ? `, error="${error}"` : "");
  return readable(
    event,
    problem(
      {
        status: status,
        title: title,
        login: status === 401 && !hasToken ? SETTINGS.basePath + "/login" : undefined,
        requestId: event.context.requestId,
      },
      headers,
    ),
  );
}
