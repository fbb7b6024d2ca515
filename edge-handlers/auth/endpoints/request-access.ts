/**
 * `POST request-access` (`refusal`): sends a request for access to the site's own function or server.
 *
 * Only a page of this host may do so, only for the signed-in user, and only with the gate's proof of that refusal
 * (session/refusal-proof.ts). So nobody can send another text, or act as another user.
 */
import { setTimeout } from "node:timers/promises";
import { textsOf } from "../../../pages/page";
import { sha256 } from "../../../session/node-hash";
import type { HookSettings } from "../../../session/settings";
import type { Session } from "../../../session/token";
import { codesOf } from "../../shared/failure";
import { isSameOrigin } from "../../shared/fetch-metadata";
import { page } from "../../shared/responses";
import { readSession } from "../cookies/session";
import { asFailure, Failure } from "../failures";
import { callHook, causeOf } from "../hook";
import { addDetail, loginPath, type RequestContext } from "../request-context";
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
/** Seconds for which a click may have a page to itself: longer than it can run, by any two clocks (CLOCK_SKEW). */
const CLAIMED = 300;
/** Milliseconds between two reads of what another click does, and those needed to answer after a slow read. */
const PAUSE = 250;
const TIME_TO_ANSWER = 700;

export async function requestAccess(context: RequestContext): Promise<Response> {
  const { settings, request, now, note, url } = context;
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
  const key = sha256(["request-access", uid, url.host, path].join("\n"));
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
  const isFirst = await onceFor(context, key, async () => {
    if (!(await isWithinLimit(context, uid))) throw new Failure("too_many_access_requests");
    await send(context, hook, told);
  });
  note.outcome = isFirst ? "sent" : "repeated";
  return sent(context);
}

/**
 * Sends a request for a page unless one was sent in the last hour. Of clicks at the same time one sends it, and the others
 * wait for what becomes of it.
 *
 * @param key the ledger's for user and page
 * @returns false if it was sent before
 * @throws Failure `access_request_under_way`, and what `act` throws
 */
async function onceFor(context: RequestContext, key: string, act: () => Promise<void>): Promise<boolean> {
  const { ports } = context;
  const click = ports.random(12);
  try {
    if (!(await claim(context, key, click))) return false;
    await act();
  } catch (error) {
    // What was not sent can be sent again. Also after a claim that failed: perhaps only its answer was lost.
    await ports.ledger.releaseAccessRequest(key, click).catch(addFailure(context, "release"));
    throw error;
  }
  const sentAt = ports.now();
  // The site was told, whatever becomes of this. Without it, the claim ends.
  await ports.ledger
    .recordAccessRequest(key, { click, heldUntil: sentAt + HOUR, sentAt })
    .catch(addFailure(context, "record"));
  return true;
}

/** @returns false if another click has sent it @throws Failure `access_request_under_way` if another click is still sending it */
async function claim({ ports, timeLeft }: RequestContext, key: string, click: string): Promise<boolean> {
  let isFree = true;
  for (;;) {
    const now = ports.now();
    if (isFree && (await ports.ledger.claimAccessRequest(key, { click, heldUntil: now + CLAIMED }, now))) return true;
    const last = await ports.ledger.accessRequest(key);
    isFree = last === undefined || last.heldUntil <= now;
    if (!isFree && last?.sentAt !== undefined) return false;
    if (timeLeft() < TIME_TO_ANSWER + PAUSE) throw new Failure("access_request_under_way");
    await setTimeout(PAUSE);
  }
}

async function send(context: RequestContext, hook: HookSettings, told: AccessRequest): Promise<void> {
  try {
    const { status } = await callHook(context, hook, JSON.stringify(told));
    if (status < 200 || status > 299) throw new Failure("hook_unavailable", `HTTP_${status}`);
  } catch (error) {
    throw new Failure("access_request_failed", causeOf(error));
  }
}

function addFailure(context: RequestContext, what: string): (error: unknown) => void {
  return (error) => addDetail(context, `${what} ${codesOf(asFailure(error))}`);
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

/** Takes one of the user's places in this hour. */
async function isWithinLimit({ ports, now }: RequestContext, uid: string): Promise<boolean> {
  const hour = Math.floor(now / HOUR);
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
