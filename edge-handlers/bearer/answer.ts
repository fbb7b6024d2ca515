/** Tells programs why a request is refused: RFC 6750 challenges and problem details (RFC 9457). */
import type { CorsSettings } from "../../session/access-tokens";
import type { Problem } from "../../session/problem";
import { ownSecurityHeaders } from "../../session/security-headers";
import type { Refusal } from "./authorize";
import { stepUpParameters } from "./step-up";

const TITLES: Record<Refusal["status"], string> = {
  401: "Token refused",
  403: "Access denied",
  500: "Something went wrong",
  503: "Try again",
};

/**
 * @param origin of the script that asks; undefined if there is none
 * @param host as the gate checked it
 */
export function refusalAnswer(
  { status, error, stepUp, outcome, behavior, retryAfter }: Refusal,
  { requestId, origin, host }: { requestId: string; origin: string | undefined; host: string | undefined },
): { status: number; headers: Record<string, string>; body: string } {
  const title =
    outcome === "closed"
      ? "Under maintenance"
      : error === undefined && status === 401
        ? "Token required"
        : TITLES[status];
  const details: Problem = { status, title, requestId };
  return {
    status,
    headers: {
      ...ownSecurityHeaders(),
      "content-type": "application/problem+json",
      ...((status === 401 || status === 403) && {
        "www-authenticate":
          'Bearer realm="gate"' +
          (behavior?.resource && host ? `, resource_metadata="https://${host}${behavior.resource}` : "") +
          (error === undefined ? "" : `, error="${error}"`) +
          stepUpParameters(stepUp),
      }),
      ...(retryAfter !== undefined && { "retry-after": retryAfter }),
      ...(behavior?.cors && corsHeaders(behavior.cors, origin)),
    },
    body: JSON.stringify(details),
  };
}

/** Lets a script of a listed origin read the answer (https://fetch.spec.whatwg.org/#http-cors-protocol). */
function corsHeaders(cors: CorsSettings, origin: string | undefined): Record<string, string> {
  const vary = { vary: "origin" };
  if (origin === undefined || !(cors.origins[0] === "*" || cors.origins.includes(origin))) return vary;
  return {
    ...vary,
    "access-control-allow-origin": origin,
    ...(cors.credentials && { "access-control-allow-credentials": "true" }),
    "access-control-expose-headers": ["www-authenticate", ...cors.exposeHeaders].join(),
  };
}
