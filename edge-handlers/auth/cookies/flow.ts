/** Flow cookies: one for each sign-in in progress, so that parallel tabs do not interfere with each other. */
import { timingSafeEqual } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { FLOW_COOKIE_PREFIX } from "../../../session/cookies";
import { hmac } from "../../../session/node-hash";
import type { Known } from "../sign-in/authentication";
import type { StepUp } from "../sign-in/step-up";
import type { RequestContext } from "../request-context";
import { clearCookie, onlyCookie, setCookie } from "../../shared/cookie-jar";
import { seal, unseal } from "./seal";

/**
 * Seconds from the redirect to the identity provider until the callback. Providers give people half an hour, as Keycloak
 * does, to find a password or a phone.
 */
export const FLOW_LIFETIME = 1_800;
const MAX_FLOWS = 5;
/**
 * Total characters of all flow cookies, the one of a new sign-in included. With a session and its refresh cookie they
 * stay below 10,240, beyond which a firewall may refuse the application's requests.
 */
const MAX_SIZE = 4_000;
/** Bytes of a return path. This limits the memory that a sealed value can need. */
const MAX_RETURN_PATH = 4_096;
/** 32 random bytes as base64url. */
const STATE = /^[\w-]{43}$/;
const STATE_PREFIX = /^[\w-]{8}$/;

interface Begun {
  idp: string;
  /**
   * The cut-offs known when this sign-in began, if it forces re-authentication. Absent if the provider may use its
   * existing session.
   */
  reauthentication?: Known | undefined;
  /** The authentication that a rule requires. */
  stepUp?: StepUp | undefined;
  /** Unix seconds. */
  startedAt: number;
}

export interface Flow extends Begun {
  state: string;
  nonce: string;
  /** PKCE code verifier (RFC 7636 section 4.1). */
  verifier: string;
  /** The ID of the session that the flow may open, once. */
  sid: string;
  returnPath: string;
  /** 32 random bytes as base64url, from which the four secrets follow. */
  seed: string;
}

/** The part of a flow that the cookie stores: as little as possible. */
interface Content extends Begun {
  seed: string;
  /** The return path, if compression does not make it shorter. */
  path?: string;
  /** Compressed (RFC 1951), as base64url. Nothing secret is in it. */
  deflated?: string;
}

/** @param seed 32 random bytes as base64url */
export function newFlow(seed: string, begun: Begun, returnPath: string): Flow {
  return {
    ...begun,
    seed,
    returnPath,
    state: hmac(seed, "state"),
    nonce: hmac(seed, "nonce"),
    verifier: hmac(seed, "verifier"),
    sid: hmac(seed, "sid").slice(0, 16),
  };
}

/**
 * `Set-Cookie` values that begin a flow, and end others to make room: first invalid and expired ones, then the oldest.
 *
 * @throws Failure `keys_unavailable`
 */
export async function flowCookies(context: RequestContext, flow: Flow): Promise<string[]> {
  const { seed, idp, reauthentication, stepUp, startedAt, returnPath } = flow;
  const deflated = deflateRawSync(returnPath).toString("base64url");
  const content: Content = {
    seed,
    idp,
    startedAt,
    ...(reauthentication && { reauthentication }),
    ...(stepUp && { stepUp }),
    ...(deflated.length < returnPath.length ? { deflated } : { path: returnPath }),
  };
  const value = await seal(context.ports, "edgegate-flow", content);
  const name = cookieName(flow.state);
  const room = { count: MAX_FLOWS - 1, size: MAX_SIZE - name.length - value.length };
  return [...(await clearedExcess(context, room)), setCookie(name, value, FLOW_LIFETIME)];
}

/**
 * The flow that `state` belongs to; undefined if this browser has none younger than {@link FLOW_LIFETIME}.
 *
 * @throws Failure `keys_unavailable`
 */
export async function readFlow(context: RequestContext, state: string): Promise<Flow | undefined> {
  if (!STATE.test(state)) return undefined;
  const flow = await openFlow(context, onlyCookie(context.cookies, cookieName(state)));
  return flow && timingSafeEqual(Buffer.from(flow.state), Buffer.from(state)) ? flow : undefined;
}

/**
 * Ends a flow. Flows that began at the same time did not count each other, so the ones beyond the limit end too.
 *
 * @throws Failure `keys_unavailable`
 */
export async function endedFlowCookies(context: RequestContext, { state }: Flow): Promise<string[]> {
  const own = cookieName(state);
  return [clearCookie(own), ...(await clearedExcess(context, { count: Infinity, size: MAX_SIZE }, own))];
}

/** Clears every flow cookie of the browser. */
export function clearedFlowCookies({ cookies }: RequestContext): string[] {
  return flowCookieNames(cookies.all).map((name) => clearCookie(name));
}

/** Clears flow cookies until the others fit. @param except the name of a cookie that does not count */
async function clearedExcess(
  context: RequestContext,
  room: { count: number; size: number },
  except?: string,
): Promise<string[]> {
  const cookies = flowCookieNames(context.cookies.all)
    .filter((name) => name !== except)
    .map((name) => {
      const value = onlyCookie(context.cookies, name);
      return { name, value, length: name.length + (value?.length ?? 0) };
    });
  const sizeOfAll = cookies.reduce((sum, { length }) => sum + length, 0);
  // The usual case. Invalid and expired cookies disappear by themselves.
  if (cookies.length <= room.count && sizeOfAll <= room.size) return [];
  const flows = await Promise.all(
    cookies.map(async ({ value, ...cookie }) => ({ ...cookie, flow: await openFlow(context, value) })),
  );
  const newestFirst = flows.sort((a, b) => (b.flow?.startedAt ?? 0) - (a.flow?.startedAt ?? 0));
  let size = 0;
  const excess = newestFirst.filter(
    ({ flow, length }, place) => !flow || place >= room.count || (size += length) > room.size,
  );
  return excess.map(({ name }) => clearCookie(name));
}

async function openFlow({ ports, now }: RequestContext, value: string | undefined): Promise<Flow | undefined> {
  const content = value === undefined ? undefined : await unseal<Content>(ports, "edgegate-flow", value);
  // Versions before this one sealed other content.
  if (content?.seed === undefined || !(now < content.startedAt + FLOW_LIFETIME)) return undefined;
  const { seed, path, deflated = "", ...begun } = content;
  const options = { maxOutputLength: MAX_RETURN_PATH };
  return newFlow(seed, begun, path ?? inflateRawSync(Buffer.from(deflated, "base64url"), options).toString());
}

function cookieName(state: string): string {
  return FLOW_COOKIE_PREFIX + state.slice(0, 8);
}

/** Only names that this handler could have set, because they are copied into Set-Cookie headers. */
function flowCookieNames(cookies: RequestContext["cookies"]["all"]): string[] {
  const isFlow = (name: string) =>
    name.startsWith(FLOW_COOKIE_PREFIX) && STATE_PREFIX.test(name.slice(FLOW_COOKIE_PREFIX.length));
  return [...new Set(cookies.map(([name]) => name).filter(isFlow))];
}
