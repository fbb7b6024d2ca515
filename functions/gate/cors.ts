/**
 * How scripts of other sites may call an API behavior (https://fetch.spec.whatwg.org/#http-cors-protocol). The gate
 * answers preflights, and lets scripts read its own refusals. A response headers policy does the same for what the origin
 * answers.
 */
import type { GateCors } from "../../session/access-tokens";
import type { EdgeResponse, ViewerRequest, ViewerRequestEvent } from "./event";

/**
 * The answer to a preflight; undefined if the behavior has no CORS settings, so that the policy decides. An origin that
 * is not listed gets an answer without permission: browsers then refuse the request.
 */
export function preflightAnswer(event: ViewerRequestEvent): EdgeResponse | undefined {
  const cors = corsOf(event.viewed!);
  return cors ? permitted(event.request, { statusCode: 204, headers: {} }, cors.origins, cors.preflight) : undefined;
}

/** Lets a script of a listed origin read an answer of the gate. */
export function readable(event: ViewerRequestEvent, answer: EdgeResponse): EdgeResponse {
  const cors = corsOf(event.viewed!);
  return cors ? permitted(event.request, answer, cors.origins, cors.answer) : answer;
}

function permitted(
  request: ViewerRequest,
  answer: EdgeResponse,
  origins: string[],
  more: Record<string, string>,
): EdgeResponse {
  const origin = request.headers["origin"];
  const headers = answer.headers;
  headers["vary"] = { value: "origin" };
  // Compared as they are: browsers send an origin in one spelling only.
  if (origin && (origins[0] === "*" || origins.indexOf(origin.value) >= 0)) {
    headers["access-control-allow-origin"] = { value: origin.value };
    for (const name in more) headers[name] = { value: more[name]! };
  }
  return answer;
}

/** The settings of the first pattern that matches, as CloudFront tries them. A `*` is at the end, if anywhere. */
function corsOf(path: string): GateCors | null | undefined {
  const all = SETTINGS.api!.cors;
  for (let i = 0; all[i]; i++) {
    const pattern = all[i]![0];
    if (pattern === path || (pattern.endsWith("*") && path.startsWith(pattern.slice(0, -1)))) return all[i]![1];
  }
}
