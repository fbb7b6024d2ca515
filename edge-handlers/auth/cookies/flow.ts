/** Flow cookies: one for each sign-in in progress, so that parallel tabs do not interfere with each other. */
import { timingSafeEqual } from "node:crypto";
import { FLOW_COOKIE_PREFIX } from "../../../session/cookies";
import type { Known } from "../sign-in/authentication";
import type { RequestContext } from "../request-context";
import { clearCookie, onlyCookie, setCookie } from "../../shared/cookie-jar";
import { seal, unseal } from "./seal";

/**
 * Seconds from the redirect to the identity provider until the callback. Providers give people half an hour, as Keycloak
 * does, to find a password or a phone.
 */
export const FLOW_LIFETIME = 1_800;
/** With the new one that makes five. */
const MAX_OTHERS = 4;
/**
 * Total characters of the others: long return paths must not add up to the 20 KB that an edge accepts of a request.
 */
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
  /** The ID of the session that the flow may open, once. */
  sid: string;
  returnPath: string;
  /**
   * The cut-offs known when this sign-in began, if it forces re-authentication. Absent if the provider may use its
   * existing session.
   */
  reauthentication?: Known | undefined;
  /** Unix seconds. */
  startedAt: number;
}

/** @throws Failure `keys_unavailable` */
export async function flowCookie({ ports }: RequestContext, flow: Flow): Promise<string> {
  return setCookie(cookieName(flow.state), await seal(ports, "edgegate-flow", flow), FLOW_LIFETIME);
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

export function clearedFlowCookie(state: string): string {
  return clearCookie(cookieName(state));
}

/** Clears every flow cookie of the browser. */
export function clearedFlowCookies({ cookies }: RequestContext): string[] {
  return flowCookieNames(cookies.all).map((name) => clearCookie(name));
}

/**
 * Clears flow cookies to make room for a new one: first invalid and expired flows, then the oldest.
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
  return flow && now < flow.startedAt + FLOW_LIFETIME ? flow : undefined;
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
