/**
 * The gate as a CloudFront Function on viewer requests. It runs on every behavior except the gateway's own endpoints.
 * It gets what the decision needs from the event and the KeyValueStore, and turns the outcome into a request or
 * response for CloudFront. One read of the store is enough, unless sessions of the user's shard were revoked recently:
 * then two.
 */
import cf from "cloudfront";
import { SESSION_COOKIE } from "../../session/cookies";
import { askToSignIn, refuse } from "./answers";
import { decide } from "./decide";
import type { EdgeResponse, ViewerRequest, ViewerRequestEvent } from "./event";
import { pass } from "./identity";

export async function handler(event: ViewerRequestEvent): Promise<ViewerRequest | EdgeResponse> {
  const request = event.request;
  const headers = request.headers;
  const method = request.method;
  const host = headers["host"];
  const cookie = request.cookies[SESSION_COOKIE];
  let decision = decide(
    host && host.value,
    method,
    request.uri,
    method === "OPTIONS" && !!headers["access-control-request-method"],
    cookie && (cookie.multiValue ? null : cookie.value),
  );
  // No failure in here lets a request pass.
  try {
    while (decision.goOn) {
      const record = await cf.kvs().get(decision.read);
      decision = decision.goOn(record);
    }
  } catch (missingOrFailed) {
    // A missing key and a failing store look the same. A second call tells them apart, and only this rare case pays for
    // it.
    let exists: boolean | undefined;
    try {
      exists = await cf.kvs().exists(decision.read!);
    } catch (failed) {
      // The store is down: `exists` stays undefined.
    }
    decision = exists === false ? { login: "key" } : { deny: "store" };
  }
  if ("allow" in decision) {
    cf.logCustomData(pass(request, decision.allow));
    return request;
  }
  if ("login" in decision) {
    cf.logCustomData("login " + decision.login);
    return askToSignIn(event);
  }
  cf.logCustomData("deny " + decision.deny);
  return refuse(decision.deny, event);
}
