/**
 * `POST request-access` (`refusal`): sends a request for access to the site's own function or server.
 *
 * Only a page of this host may do so, only for the signed-in user, and only with the gate's proof of that refusal
 * (session/refusal-proof.ts). So nobody can send another text, or act as another user.
 */
import { textsOf } from "../../../pages/page";
import { sha256 } from "../../../session/node-hash";
import type { Session } from "../../../session/token";
import { isSameOrigin } from "../../shared/fetch-metadata";
import { page } from "../../shared/responses";
import { readSession } from "../cookies/session";
import { Failure } from "../failures";
import { callHook, causeOf } from "../hook";
import { loginPath, type RequestContext } from "../request-context";
import { statusOf } from "../session/status";
import { readReturnPath } from "../sign-in/return-path";
import { isProven } from "./refusal";
import { missingRoles } from "./way-forward";

/** The JSON that the hook receives. It contains no token, code, cookie or query string. */
export interface AccessRequest {
  version: 1;
  type: "access_request";
  /** RFC 3339, in UTC. */
  time: string;
  host: string;
  /** The path of the page that was refused. */
  path: string;
  /** The ID of the request that was refused. */
  requestId: string;
  /** Names in one list are needed together; one of the lists is enough. Only names in `accessDenied.tellRoles`. */
  missingRoles: string[][];
  user: {
    uid: string;
    /** Empty if there is none. */
    email: string;
    /** The ID of the identity provider in the config. */
    identityProvider: string;
    roles: string[];
  };
}

/**
 * Pages that a user can ask for in a clock hour. The hour is part of the key, because expired records are deleted late.
 */
const MAX_PER_HOUR = 10;
const HOUR = 3600;

export async function requestAccess(context: RequestContext): Promise<Response> {
  const { settings, request, ports, now, note, url } = context;
  const hook = settings.accessDenied?.requestHook;
  if (!hook) throw new Failure("not_found");
  // Browsers send Lax cookies also with requests from other hosts of the same site.
  if (!isSameOrigin(request)) throw new Failure("cross_origin");
  const refusal = new URLSearchParams(await request.text()).get("refusal") ?? "";
  const asked = new URLSearchParams(refusal.slice(refusal.indexOf("?") + 1));
  const place = readReturnPath(asked.getAll("to"), settings.basePath);
  context.startAgain = loginPath(settings, place);
  const session = await activeSession(context);
  if (!(await isProven(context, refusal, session.sid))) throw new Failure("access_request_expired");

  const { uid, email, idp, roles } = session;
  const [path] = place.split("?") as [string];
  const hour = Math.floor(now / HOUR);
  const once = sha256(["request-access", uid, hour, url.host, path].join("\n"));
  if (await ports.ledger.wasTaken(once)) {
    note.outcome = "repeated";
    return sent(context);
  }
  if (!(await isWithinLimit(context, uid, hour))) throw new Failure("too_many_access_requests");
  const told: AccessRequest = {
    version: 1,
    type: "access_request",
    time: new Date(now * 1000).toISOString(),
    host: url.host,
    path,
    requestId: asked.get("id") ?? "",
    missingRoles: missingRoles(context, session, asked.get("need") ?? ""),
    user: { uid, email, identityProvider: idp, roles: [...roles] },
  };
  try {
    const { status } = await callHook(context, hook, JSON.stringify(told));
    if (status < 200 || status > 299) throw new Failure("hook_unavailable", `HTTP_${status}`);
  } catch (error) {
    throw new Failure("access_request_failed", causeOf(error));
  }
  // Record this last, so that a request that was not sent can be sent again.
  await ports.ledger.take(once, (hour + 1) * HOUR);
  note.outcome = "sent";
  return sent(context);
}

/** @throws Failure `not_signed_in` also for a session that was revoked: the gate does not see requests to this endpoint */
async function activeSession(context: RequestContext): Promise<Session> {
  const signed = await readSession(context);
  if (!signed || !(context.now < signed.session.expiresAt)) throw new Failure("not_signed_in");
  const { uid, sid } = signed.session;
  const status = statusOf(await context.ports.ledger.status({ uid, sid }), context);
  if (status !== "active") throw new Failure("not_signed_in", `session_${status}`);
  return signed.session;
}

/** Counts one request of the user in this hour. */
async function isWithinLimit({ ports }: RequestContext, uid: string, hour: number): Promise<boolean> {
  for (let n = 0; n < MAX_PER_HOUR; n++) {
    const isFree = await ports.ledger.take(sha256(["request-access", uid, hour, n].join("\n")), (hour + 1) * HOUR);
    if (isFree) return true;
  }
  return false;
}

function sent({ appearance, requestId }: RequestContext): Response {
  return page(200, appearance, {
    title: "requestSentTitle",
    content: [textsOf(appearance)("requestSentText")],
    requestId,
    isFrame: true,
  });
}
