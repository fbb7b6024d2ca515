/**
 * How scripts of other sites may call an API behavior (https://fetch.spec.whatwg.org/#http-cors-protocol). The gate
 * answers preflights, and lets scripts read its own refusals. A response headers policy does the same for what the origin
 * answers.
 */
import { settingFor } from "./api";
import type { EdgeResponse, ViewerRequest, ViewerRequestEvent } from "./event";

/**
 * The answer to a preflight; undefined if the behavior has no CORS settings, so that the policy decides. An origin that
 * is not listed gets an answer without permission: browsers then refuse the request.
 */
export function preflightAnswer(event: ViewerRequestEvent): EdgeResponse | undefined {
  const cors = settingFor(SETTINGS.api!.cors, event.viewed!);
  return cors ? permitted(event.request, { statusCode: 204, headers: {} }, cors.origins, cors.preflight) : undefined;
}

/** Lets a script of a listed origin read an answer of the gate. */
export function readable(event: ViewerRequestEvent, answer: EdgeResponse): EdgeResponse {
  const cors = settingFor(SETTINGS.api!.cors, event.viewed!);
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
    const prefix = "access-control-";
    headers[prefix + "allow-origin"] = { value: origin.value };
    for (const name in more) headers[prefix + name] = { value: more[name]! };
  }
  return answer;
}
