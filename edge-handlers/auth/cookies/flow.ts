/** One cookie for each sign-in under way, so that parallel tabs do not disturb each other. */
import { timingSafeEqual } from "node:crypto";
import { FLOW_COOKIE_PREFIX } from "../../../session/cookies";
import type { Known } from "../sign-in/authentication";
import type { RequestContext } from "../request-context";
import { clearCookie, onlyCookie, setCookie } from "../../shared/cookie-jar";
import { seal, unseal } from "./seal";

/** Seconds from the way to the identity provider to the way back. */
const LIFETIME = 600;
/** Together with the others the new one makes five. */
const MAX_OTHERS = 4;
/** Characters of the others together: long return paths must not add up to the 20 KB that an edge takes of a request. */
const MAX_SIZE_OF_OTHERS = 5_000;
/** 32 random bytes as base64url. */
const STATE = /^[\w-]{43}$/;
const STATE_PREFIX = /^[\w-]{8}$/;

export interface Flow {
  state: string;
  nonce: string;
  /** PKCE code verifier (RFC 7636 section 4.1). */
  verifier: string;
  idp: string;
  /** The id of the session that the flow may open, once. */
  sid: string;
  returnPath: string;
  /**
   * Where this sign-in forces re-authentication: what was known of the cut-offs when it began. Absent where the provider
   * may go by what it remembers.
   */
  reauthentication?: Known | undefined;
  /** Unix seconds. */
  startedAt: number;
}

/** @throws Failure `keys_unavailable` */
export async function flowCookie({ ports }: RequestContext, flow: Flow): Promise<string> {
  return setCookie(cookieName(flow.state), await seal(ports, "edgegate-flow", flow), LIFETIME);
}

/**
 * The flow that `state` belongs to; undefined where this browser has none that is younger than ten minutes.
 *
 * @throws Failure `keys_unavailable`
 */
export async function readFlow(context: RequestContext, state: string): Promise<Flow | undefined> {
  if (!STATE.test(state)) return undefined;
  const flow = await openFlow(context, onlyCookie(context.cookies, cookieName(state)));
  return flow && timingSafeEqual(Buffer.from(flow.state), Buffer.from(state)) ? flow : undefined;
}

export function clearedFlowCookie(state: string): string {
  return clearCookie(cookieName(state));
}

/** Clears every flow cookie of the browser. */
export function clearedFlowCookies({ cookies }: RequestContext): string[] {
  return flowCookieNames(cookies.all).map((name) => clearCookie(name));
}

/**
 * Clears the flow cookies for which there is no room beside a new one: what is no active flow, then the oldest.
 *
 * @throws Failure `keys_unavailable`
 */
export async function clearedOldestFlowCookies(context: RequestContext): Promise<string[]> {
  const flows = await Promise.all(
    flowCookieNames(context.cookies.all).map(async (name) => {
      const value = onlyCookie(context.cookies, name);
      return { name, length: value?.length ?? 0, flow: await openFlow(context, value) };
    }),
  );
  const newestFirst = flows.sort((a, b) => (b.flow?.startedAt ?? 0) - (a.flow?.startedAt ?? 0));
  let size = 0;
  const excess = newestFirst.filter(
    ({ flow, length }, place) => !flow || place >= MAX_OTHERS || (size += length) > MAX_SIZE_OF_OTHERS,
  );
  return excess.map(({ name }) => clearCookie(name));
}

async function openFlow({ ports, now }: RequestContext, value: string | undefined): Promise<Flow | undefined> {
  const flow = value === undefined ? undefined : await unseal<Flow>(ports, "edgegate-flow", value);
  return flow && now < flow.startedAt + LIFETIME ? flow : undefined;
}

function cookieName(state: string): string {
  return FLOW_COOKIE_PREFIX + state.slice(0, 8);
}

/** Names go back into Set-Cookie headers: only those that this handler could have given do. */
function flowCookieNames(cookies: RequestContext["cookies"]["all"]): string[] {
  const isFlow = (name: string) =>
    name.startsWith(FLOW_COOKIE_PREFIX) && STATE_PREFIX.test(name.slice(FLOW_COOKIE_PREFIX.length));
  return [...new Set(cookies.map(([name]) => name).filter(isFlow))];
}
