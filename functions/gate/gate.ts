/**
 * The gate: may this request pass? Runs as a CloudFront Function before the cache and the origin, on every behavior but
 * the gateway's own endpoints. One read of the KeyValueStore, no other input than the request and its own source.
 */
import { ESCAPED, readPath, REFUSED } from "../../session/paths";
import { PUBLIC, ROLE_SEPARATOR, SIGNED_IN, TAKES_ESCAPES } from "../../session/policy";
import { SESSION_COOKIE } from "../../session/cookies";
import { ROLES, recordKeyOf, UID } from "../../session/token";
import { askToSignIn, refuse } from "./answers";
import type { EdgeResponse, ViewerRequest, ViewerRequestEvent } from "./event";
import { removeForeign, setIdentity } from "./identity";
import { cf, isMissing } from "./runtime";
import { openSession } from "./session";

export async function handler(event: ViewerRequestEvent): Promise<ViewerRequest | EdgeResponse> {
  const request = event.request;
  const host = request.headers["host"];
  const hosts = SETTINGS.hosts;
  if (!host || (hosts[0] !== host.value && hosts.indexOf(host.value) < 0)) return refuse("host", event);

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
  const key = recordKeyOf(token);
  if (!key) return askToSignIn("form", event);
  let record: string;
  try {
    record = await cf.kvs().get(key);
  } catch (missingOrFailed) {
    const missing = await isMissing(key);
    return missing ? askToSignIn("key", event) : refuse("store", event);
  }
  const session = openSession(token, key, record);
  if (typeof session === "string") return askToSignIn(session, event);
  if (required !== SIGNED_IN && required !== session[ROLES] && !hasRole(session[ROLES]!, required)) return refuse("role", event);

  removeForeign(request);
  setIdentity(request, session);
  cf.logCustomData("allow session " + session[UID]);
  return request;
}

/** Whether two lists of role names, each joined by the separator, have one in common. */
function hasRole(roles: string, required: string): boolean {
  const held = ROLE_SEPARATOR + roles + ROLE_SEPARATOR;
  const names = required.split(ROLE_SEPARATOR);
  for (let i = 0; i < names.length; i++) {
    if (held.indexOf(ROLE_SEPARATOR + names[i] + ROLE_SEPARATOR) >= 0) return true;
  }
  return false;
}
