/**
 * Runs the site's own functions on viewer requests inside the gate: CloudFront runs one function for an event. They
 * are part of the config, so they are trusted as the policy is. A mistake in them must still not let anybody in.
 */
import { isUnusual, readUnusual, REFUSED } from "../../session/paths";
import { refuse } from "./answers";
import { refuseCall } from "./api-answers";
import type { EdgeResponse, Value, ViewerRequest, ViewerRequestEvent } from "./event";

/** What it returns is checked: it may be anything. */
export type OwnFunction = (event: ViewerRequestEvent) => unknown;

/** The end of a request that does not go on. */
export interface Ended {
  hasFailed: boolean;
  answer: EdgeResponse;
}

/**
 * Calls a function, and takes over the path, query, headers and cookies of the request that it returns.
 *
 * @param when its name in the config
 * @returns undefined if the request goes on; the answer is the function's own, or the gate's if it failed
 */
export async function run(
  own: OwnFunction,
  when: "before" | "after",
  event: ViewerRequestEvent,
): Promise<Ended | undefined> {
  const request = event.request;
  const method = request.method;
  const path = request.uri;
  const host = request.headers["host"];
  const name = host && host.value;
  try {
    const returned = (await own(event)) as (Partial<ViewerRequest> & Partial<EdgeResponse>) | null | undefined;
    if (!returned || typeof returned !== "object") throw new Error("it returned no request");
    if (returned.statusCode) return { hasFailed: false, answer: returned as EdgeResponse };
    const uri = returned.uri;
    if (typeof uri !== "string" || uri[0] !== "/" || !returned.headers) throw new Error("it returned no request");
    // The decision refuses paths that can be read in two ways. After it, nothing else looks at them.
    if (when === "after" && uri !== path && isUnusual(uri) && readUnusual(uri) === REFUSED)
      throw new Error("it returned a path that can be read in two ways");
    request.uri = uri;
    replace(request.headers, returned.headers);
    replace(request.cookies, returned.cookies || {});
    request.querystring = returned.querystring || {};
    // CloudFront lets no function change these, so the decision must not be about others:
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
    request.method = method;
    if (name) request.headers["host"] = { value: name };
    return;
  } catch (failed) {
    // For the function's log; the access log has the code only.
    // eslint-disable-next-line no-console
    console.log(when + ": " + String(failed).slice(0, 200));
    // Before the decision, nobody has looked at the path, and the page has it in an address.
    request.uri = isUnusual(path) && readUnusual(path) === REFUSED ? "/" : path;
    return { hasFailed: true, answer: (WITH_API ? refuseCall : refuse)("function", event) };
  }
}

/** The objects of the event stay the same ones: the gate holds on to them. */
function replace(own: Record<string, Value>, returned: Record<string, Value>): void {
  if (own === returned) return;
  const names = Object.keys(returned);
  const values = names.map((name) => returned[name]!);
  for (const name in own) delete own[name];
  names.forEach((name, i) => (own[name] = values[i]!));
}
