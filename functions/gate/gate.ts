/**
 * The gate as a CloudFront Function on viewer requests. It runs on every behavior except the gateway's own endpoints.
 * It gets what the decision needs from the event and the KeyValueStore, and turns the outcome into a request or
 * response for CloudFront. One read of the store is enough, unless sessions of the user's shard were revoked recently:
 * then two. A site whose servers know the gateway by a secret takes another one, and so do an assertion, and a policy in
 * the store.
 */
import cf from "cloudfront";
import { PUBLIC } from "../../policy/requirement-text";
import { ASSERTION_HEADER, ASSERTION_RECORD } from "../../session/assertion";
import { REQUIREMENT_HEADER } from "../../session/access-tokens";
import { SESSION_COOKIE } from "../../session/cookies";
import { ORIGIN_SECRET_HEADER, ORIGIN_SECRET_RECORD } from "../../session/origin-secret";
import { POLICY_RECORD } from "../../policy/stored/lookup";
import { isUnusual, PLAIN, readUnusual } from "../../session/paths";
import { askForMore, askToSignIn, refuse } from "./answers";
import { assertion } from "./assertion";
import { presentedToken } from "./api";
import { askForToken, refuseCall } from "./api-answers";
import { preflightAnswer } from "./cors";
import { decide, type Refusal } from "./decide";
import type { EdgeResponse, ViewerRequest, ViewerRequestEvent } from "./event";
import { remember } from "./facts";
import { isOfUsualSize, pass } from "./identity";
import { run, type Ended } from "./own-functions";

export async function handler(event: ViewerRequestEvent): Promise<ViewerRequest | EdgeResponse> {
  /* eslint-disable no-var -- The engine looks after each `let`: together, these cost a request 400 instructions more. */
  var request = event.request;
  // The path that chose the behavior.
  if (WITH_API) event.viewed = request.uri;
  if (WITH_FUNCTIONS && before) {
    const ended = await run(before, "before", event);
    if (ended) return end(ended, ended.hasFailed ? "deny before" : "answer before");
  }
  var headers = request.headers;
  var method = request.method;
  var path = request.uri;
  var host = headers["host"];
  var cookie = request.cookies[SESSION_COOKIE];
  var unusual = isUnusual(path);
  // Reading an unusual path is dear, so a request of an unusual size is refused first.
  if (unusual && !isOfUsualSize(request)) return deny(event, "size");
  if (WITH_API && method === "OPTIONS" && isPreflight(headers) && host && SETTINGS.hosts.indexOf(host.value) >= 0) {
    const preflight = preflightAnswer(event);
    if (preflight) {
      cf.logCustomData("answer preflight");
      return preflight;
    }
  }
  if (WITH_VIEWER) remember(event);
  var decision = decide(
    host && host.value,
    method,
    path,
    unusual ? readUnusual(path) : PLAIN,
    method === "OPTIONS" && isPreflight(headers),
    WITH_API ? presentedToken(headers, cookie) : cookie && (cookie.multiValue ? null : cookie.value),
  );
  /* eslint-enable no-var */
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
    // Without its rules, nothing can be said about a request.
    decision =
      exists === false && !(WITH_STORED && decision.read!.indexOf(POLICY_RECORD) === 0)
        ? { login: "key" }
        : { deny: "store" };
  }
  if (decision.allow) {
    // The gate's own tokens end here, as its cookies do.
    if (WITH_API && decision.allow !== PUBLIC) delete headers["authorization"];
    let line = pass(request, decision.allow);
    if (!line) return deny(event, "size");
    if (WITH_FUNCTIONS && after) {
      if (servedPath) request.uri = servedPath(path);
      const ended = await run(after, "after", event);
      if (ended) return end(ended, ended.hasFailed ? "deny after" : line + " answered");
      // Again: what it set itself among the gate's headers and cookies must not reach the origin.
      line = pass(request, decision.allow);
      if (!line) return deny(event, "size");
    }
    if (SETTINGS.originSecret) {
      // Without the record, the request passes unmarked: an origin that checks it refuses it, and others do not care.
      try {
        const secret = await cf.kvs().get(ORIGIN_SECRET_RECORD);
        headers[ORIGIN_SECRET_HEADER] = { value: secret };
      } catch (missingOrFailed) {
        line += " unmarked";
      }
    }
    if (WITH_ASSERTION && decision.allow !== PUBLIC) {
      // As above: a server that checks it refuses a request without one.
      try {
        const record = await cf.kvs().get(ASSERTION_RECORD);
        headers[ASSERTION_HEADER] = { value: assertion(record, decision.allow) };
      } catch (missingOrFailed) {
        line += " unasserted";
      }
    }
    // Without this header or an identity, the handler on origin requests lets nothing pass.
    if (WITH_API && (decision.verify || decision.allow === PUBLIC)) {
      if (decision.verify) line = line.replace("allow", "verify");
      const said = [decision.verify || PUBLIC, path, event.viewed];
      if (decision.allow !== PUBLIC) said.push(decision.allow.join("~"));
      headers[REQUIREMENT_HEADER] = { value: said.join(" ") };
    }
    cf.logCustomData(line);
    // Only now, so that the path of the viewer was decided.
    if (servedPath && !(WITH_FUNCTIONS && after)) request.uri = servedPath(path);
    return request;
  }
  if (WITH_REFUSALS && decision.deny) event.signer = decision.signer;
  if (decision.deny) return deny(event, decision.deny, decision.uid, decision.need);
  cf.logCustomData("login " + decision.login);
  if (WITH_STEPUP && decision.ask) return askForMore(event, decision.ask);
  return WITH_API ? askForToken(event) : askToSignIn(event, decision.login);
}

/**
 * @param uid of the user whose session is valid, but not sufficient
 * @param need what it does not meet (policy/requirement-text.ts)
 */
function deny(event: ViewerRequestEvent, why: Refusal, uid?: string, need?: string): EdgeResponse {
  cf.logCustomData("deny " + why + (uid ? " " + uid : ""));
  return WITH_API ? refuseCall(why, event) : refuse(why, event, need);
}

/** @param line for the access log */
function end(ended: Ended, line: string): EdgeResponse {
  cf.logCustomData(line);
  return ended.answer;
}

/** https://fetch.spec.whatwg.org/#cors-preflight-fetch: without these headers, or with a body, it is another request. */
function isPreflight(headers: ViewerRequest["headers"]): boolean {
  const length = headers["content-length"];
  return (
    !!headers["origin"] &&
    !!headers["access-control-request-method"] &&
    !headers["transfer-encoding"] &&
    (!length || length.value === "0")
  );
}
