/** Answers of API behaviors: programs get problem details (RFC 9457) and challenges (RFC 6750), and never a page. */
import { ownSecurityHeaders } from "../../session/security-headers";
import { problem } from "./answers";
import { settingFor } from "./api";
import { readable } from "./cors";
import type { Refusal } from "./decide";
import type { EdgeResponse, ViewerRequestEvent } from "./event";

export function refuseCall(why: Refusal | "function", event: ViewerRequestEvent): EdgeResponse {
  const statuses: Record<Refusal | "function", number> = {
    host: 421,
    path: 400,
    size: 431,
    endpoint: 404,
    rule: 403,
    role: 403,
    store: 503,
    closed: 503,
    function: 500,
  };
  // Short: programs read the status, and every byte counts.
  const title = why === "closed" ? "Under maintenance" : "Refused: " + why;
  return answer(event, statuses[why], title, why === "role" ? "insufficient_scope" : "", why);
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
  if (error)
    headers["www-authenticate"] = 'Bearer realm="gate"' + metadataOf(event) + (hasToken ? `, error="${error}"` : "");
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

/** Where to learn whose tokens the resource takes (https://www.rfc-editor.org/rfc/rfc9728#section-5.1). */
function metadataOf(event: ViewerRequestEvent): string {
  const resources = SETTINGS.api!.resources;
  const tail = resources && settingFor(resources, event.viewed!);
  return tail ? ', resource_metadata="https://' + event.request.headers["host"]!.value + tail : "";
}
