/** Binds a session to a key of the browser's device (device-bound sessions). */
import type { LedgerSession, SessionId } from "../../../ledger/records";
import { DEVICE_COOKIE } from "../../../session/cookies";
import { deviceCookieAttributes } from "../cookies/device";
import type { RequestContext } from "../request-context";
import { makeChallenge } from "./challenge";
import { ALGORITHMS } from "./proof";

/**
 * Endpoints that do not need the device cookie. Before a request to any other endpoint, the browser gets a new cookie.
 */
const WITHOUT_PROOF = ["callback", "client.js", "device", "logout", "me", "refused", "signed-in", "signed-out"];

/** 16 characters each; see `uid` and `sid` in the session token. */
const SESSION_IDENTIFIER = /^([\w-]{16})\.([\w-]{16})$/;

/**
 * Offers the browser to bind a session to a key. Browsers without such sessions ignore it.
 *
 * The browser makes a key and sends it to `device/register`, usually without the session's cookies, because the
 * redirect from the identity provider began on another site. So the challenge names the session. Only the browser gets
 * the challenge: scripts cannot read the answer to a navigation.
 *
 * @throws Failure `keys_unavailable`
 */
export async function offerBinding(context: RequestContext, response: Response, session: SessionId): Promise<void> {
  const challenge = await makeChallenge(context, "register", session);
  // https://w3c.github.io/webappsec-dbsc/#header-secure-session-registration
  response.headers.set(
    "secure-session-registration",
    `(${ALGORITHMS.join(" ")});path="${context.settings.basePath}/device/register";challenge="${challenge}"`,
  );
}

/**
 * The instructions for the browser about a bound session
 * (https://w3c.github.io/webappsec-dbsc/#format-session-instructions). No two paths overlap: draft and Chrome differ in
 * which of several rules counts.
 */
export function sessionInstructions(context: RequestContext, session: SessionId): object {
  const { basePath } = context.settings;
  return {
    session_identifier: identifierOf(session),
    refresh_url: `${basePath}/device/refresh`,
    scope: {
      include_site: false,
      scope_specification: WITHOUT_PROOF.map((name) => ({ type: "exclude", domain: "*", path: `${basePath}/${name}` })),
    },
    credentials: [{ type: "cookie", name: DEVICE_COOKIE, attributes: deviceCookieAttributes(context) }],
  };
}

/** The name of a session in the browser, which has one list for all hosts of a site. */
export function identifierOf({ uid, sid }: SessionId): string {
  return `${uid}.${sid}`;
}

export function sessionNamed(identifier: string | undefined): SessionId | undefined {
  const [, uid, sid] = SESSION_IDENTIFIER.exec(identifier ?? "") ?? [];
  return uid === undefined || sid === undefined ? undefined : { uid, sid };
}

/**
 * Binds a session to a key, for good.
 *
 * @returns false if the session does not exist, has ended or has another key
 * @throws Failure `ledger_unavailable`
 */
export async function bind({ ports: { ledger } }: RequestContext, session: SessionId, key: string): Promise<boolean> {
  try {
    return await ledger.bindDevice(session, key);
  } catch (error) {
    // The write is never retried, and only its answer may have been lost.
    const found: LedgerSession | undefined = await ledger.session(session);
    if (found?.deviceKey !== key) throw error;
    return true;
  }
}
