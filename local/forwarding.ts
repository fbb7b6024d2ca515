/** CloudFront's changes to requests for an origin, and to its responses, by the policies of a behavior. */
import { withoutRemoved } from "../cloudfront/headers";
import type { EdgeRequest } from "./cloudfront-events";
import type { Behavior } from "./distribution";
import { forwards } from "./forwarding-policy";

/** Headers that CloudFront sends to every origin, independently of policies. */
const ALWAYS_FORWARDED = ["content-length", "content-type", "transfer-encoding", "user-agent", "x-amz-cf-id", "via"];

/** Replaces the distribution's own name. */
const VIA = "1.1 local.cloudfront.net (CloudFront)";

/** The request that the origin gets: its path, and what the behavior's policies let through. */
export function forwarded(request: EdgeRequest, behavior: Behavior, rootObject: string): EdgeRequest {
  const isForwarded = (name: string) =>
    forwards(behavior.forwards, name) || (name !== "host" && ALWAYS_FORWARDED.includes(name));
  // A viewer could name the gate's headers in `Connection`, and so hide the user from the origin.
  const ofGate = request.headers.filter(([name]) => isOfGate(name));
  const ofViewer = request.headers.filter(([name]) => !isOfGate(name));
  const host = isForwarded("host") ? ofViewer.filter(([name]) => name === "host") : hostOf(behavior);
  const headers = [
    ...host,
    ...[...withoutRemoved(ofViewer, "origin"), ...ofGate].filter(([name]) => isForwarded(name)),
  ];
  const path = request.path === "/" ? `/${rootObject}` : request.path;
  return {
    ...request,
    path,
    query: behavior.forwards.query ? request.query : undefined,
    headers: [
      ...extended(extended(headers, "via", VIA), "x-forwarded-for", request.clientIp),
      ["x-amz-cf-id", request.id],
    ],
  };
}

/** Applies the response headers policy. CloudFront does not apply it to responses of viewer-request functions. */
export function withHeaders<Response extends { headers: [name: string, value: string][] }>(
  response: Response,
  behavior: Behavior,
): Response {
  const headers = withoutRemoved(response.headers, "viewer").filter(
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Cookies.html
    ([name]) => behavior.forwards.all || name.toLowerCase() !== "set-cookie",
  );
  const present = new Set(headers.map(([name]) => name.toLowerCase()));
  const set = behavior.responseHeaders.filter((header) => header.override || !present.has(header.name));
  const replaced = new Set(set.map((header) => header.name));
  return {
    ...response,
    headers: [
      ...headers.filter(([name]) => !replaced.has(name.toLowerCase())),
      ...set.map(({ name, value }): [string, string] => [name, value]),
      ["via", VIA],
    ],
  };
}

/** The `Host` that CloudFront sends. Buckets are not emulated, so theirs does not matter. */
function hostOf({ origin }: Behavior): [name: string, value: string][] {
  return origin === "s3" ? [] : [["host", origin]];
}

function isOfGate(name: string): boolean {
  return name.startsWith("x-gate-") || name === "x-forwarded-host";
}

/** Appends a value to a header that is a list. */
function extended(headers: [name: string, value: string][], name: string, value: string): [string, string][] {
  const before = headers.filter(([other]) => other === name).map(([, text]) => text);
  return [...headers.filter(([other]) => other !== name), [name, [...before, value].join(", ")]];
}
