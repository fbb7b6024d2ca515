/**
 * The gate: may this request pass? Runs as a CloudFront Function before the cache and the origin, on every behavior but
 * the gateway's own endpoints. One read of the KeyValueStore, a second one where sessions of the user's shard were
 * revoked of late; no other input than the request and its own source.
 */
import { ESCAPED, readPath, REFUSED } from "../../session/paths";
import { PUBLIC, ROLE_SEPARATOR, SIGNED_IN, TAKES_ESCAPES } from "../../policy/requirement-text";
import { SESSION_COOKIE } from "../../session/cookies";
import { judge } from "../../session/judge";
import { KEY_RECORD, namesShard, SHARD_RECORD, TOKEN_KEY_LENGTH } from "../../session/shard";
import { MAX_KEY_ID_LENGTH, MAX_TOKEN_LENGTH, ROLES, SHARD, UID } from "../../session/token-layout";
import { askToSignIn, refuse } from "./answers";
import type { EdgeResponse, ViewerRequest, ViewerRequestEvent } from "./event";
import { removeForeign, setIdentity } from "./identity";
import { cf, isMissing } from "./runtime";
import { openSession } from "./session";
import type { NoSession } from "./session";

export async function handler(event: ViewerRequestEvent): Promise<ViewerRequest | EdgeResponse> {
  const request = event.request;
  const host = request.headers["host"];
  if (!host || (SETTINGS.hosts[0] !== host.value && SETTINGS.hosts.indexOf(host.value) < 0))
    return refuse("host", event);

  const reading = readPath(request.uri);
  if (reading === REFUSED) return refuse("path", event);
  const segments = request.uri.split("/");
  // The behavior of the gateway's endpoints is `/_gate/*`: `/_gate` itself comes here.
  if ("/" + segments[1] === SETTINGS.basePath) return refuse("endpoint", event);

  const preflight = request.method === "OPTIONS" && !!request.headers["access-control-request-method"];
  let required = policy(host.value, request.method, segments, preflight);
  if (!required) return refuse("rule", event);
  if (required[0] === TAKES_ESCAPES) required = required.slice(1);
  else if (reading === ESCAPED) return refuse("path", event);

  if (required === PUBLIC) {
    removeForeign(request);
    cf.logCustomData("allow public");
    return request;
  }

  const cookie = request.cookies[SESSION_COOKIE];
  if (!cookie) return askToSignIn("none", event);
  // A second cookie may have been planted; which one is right cannot be told.
  if (cookie.multiValue) return askToSignIn("several", event);
  const token = cookie.value;
  // By position, because a pattern would cost five times as much. What is wrong and not seen here is no harm: a record
  // of another name does not exist, and the MAC covers everything.
  const kid = token[0] === "2" && token.length <= MAX_TOKEN_LENGTH ? token.slice(2, token.indexOf(".", 2)) : "";
  if (!kid || kid.length > MAX_KEY_ID_LENGTH) return askToSignIn("form", event);
  let name = KEY_RECORD + kid;
  let session: string[] | NoSession;
  // Whatever fails in here, no request passes by it.
  try {
    const keyRecord = await cf.kvs().get(name);
    session = openSession(token, kid, keyRecord);
    // Mostly there is no shard to be named: telling that here spares a call.
    if (typeof session !== "string" && keyRecord.length !== TOKEN_KEY_LENGTH && namesShard(keyRecord, session[SHARD])) {
      name = SHARD_RECORD + session[SHARD];
      const shardRecord = await cf.kvs().get(name);
      session = judge(shardRecord, session) || session;
    }
  } catch (missingOrFailed) {
    const missing = await isMissing(name);
    return missing ? askToSignIn("key", event) : refuse("store", event);
  }
  if (typeof session === "string") return askToSignIn(session, event);
  if (required !== SIGNED_IN && required !== session[ROLES] && !hasRole(session[ROLES]!, required))
    return refuse("role", event);

  setIdentity(request, session);
  cf.logCustomData("allow session " + session[UID]);
  return request;
}

/** Whether two lists of role names, each joined by the separator, have one in common. */
function hasRole(roles: string, required: string): boolean {
  const held = ROLE_SEPARATOR + roles + ROLE_SEPARATOR;
  return required.split(ROLE_SEPARATOR).some((name) => held.indexOf(ROLE_SEPARATOR + name + ROLE_SEPARATOR) >= 0);
}
