/**
 * The sign-in hook: after each sign-in the site's own function or server may refuse the user, add claims and grant roles.
 * Its answer lasts as long as the session. Without a valid answer nobody gets in.
 */
import type { Claims } from "../../../identity/claim-path";
import type { SignInHookSettings } from "../../../session/settings";
import { isObject } from "../../shared/json";
import type { HookAnswer } from "../cookies/refresh";
import type { RequestContext } from "../request-context";
import { Failure } from "../failures";
import { callHook, causeOf } from "../hook";
import { headerTexts } from "../../shared/header-texts";
import type { Identity } from "../oidc/identity";

/** The JSON that the hook receives. It contains no token, code or cookie. */
export interface HookQuestion {
  version: 1;
  /** The host that the user signs in to. */
  host: string;
  requestId: string;
  /** IP address of the viewer. */
  address: string;
  /** The ID of the identity provider in the config. */
  identityProvider: string;
  user: {
    uid: string;
    issuer: string;
    subject: string;
    /** Empty if there is none that counts. */
    email: string;
    /** The roles that the provider granted. */
    roles: string[];
    /** All claims of the ID token, and those of userinfo if it was asked. */
    claims: Claims;
  };
}

/** Characters of JSON. The answer is in two cookies: the session's and, encrypted, the one that renews it. */
const MAX_ANSWER = 1_000;
/** A reason may be logged. */
const REASON = /^[a-z0-9_]{1,40}$/;

/**
 * @returns undefined if the config has no hook
 * @throws Failure `hook_refused`, `hook_unavailable`
 */
export async function askHook(
  context: RequestContext,
  identityProvider: string,
  identity: Identity,
): Promise<HookAnswer | undefined> {
  const { settings, url, requestId, address } = context;
  const { signInHook: hook } = settings;
  if (!hook) return undefined;
  const { uid, issuer, subject, email, roles, providerClaims } = identity;
  const user = { uid, issuer, subject, email, roles, claims: providerClaims };
  const question: HookQuestion = { version: 1, host: url.host, requestId, address, identityProvider, user };
  return readAnswer(await ask(context, hook, JSON.stringify(question)), hook, settings.claims);
}

/** The user with the roles and claims of the hook that the config permits. */
export function withHookAnswer(
  { settings: { signInHook: hook, claims: names } }: RequestContext,
  identity: Identity,
  answer: HookAnswer | undefined,
): Identity {
  if (!hook || !answer) return identity;
  const { roles, claims } = granted(answer, hook, names);
  const merged = Object.entries({ ...identity.claims, ...claims });
  return {
    ...identity,
    roles: [...new Set([...identity.roles, ...roles])].sort(),
    // Without a value, the claim is removed.
    claims: Object.fromEntries(merged.filter(([, texts]) => texts.length > 0)),
  };
}

function granted({ roles, claims }: HookAnswer, { grant }: SignInHookSettings, names: readonly string[]): HookAnswer {
  return {
    roles: roles.filter((role) => grant.includes(role)),
    claims: Object.fromEntries(Object.entries(claims).filter(([name]) => names.includes(name))),
  };
}

async function ask(context: RequestContext, hook: SignInHookSettings, question: string): Promise<unknown> {
  try {
    const { status, json } = await callHook(context, hook, question);
    if (status !== 200) throw new Failure("hook_unavailable", `HTTP_${status}`);
    return await json();
  } catch (error) {
    throw new Failure("hook_unavailable", causeOf(error));
  }
}

/**
 * `{"allow": true, "claims": {"department": "R&D"}, "roles": ["admin"]}` or `{"allow": false, "reason": "left"}`.
 * Only exactly `true` lets the user in.
 */
function readAnswer(answer: unknown, hook: SignInHookSettings, names: readonly string[]): HookAnswer {
  const unreadable = (detail: string) => new Failure("hook_unavailable", detail);
  if (!isObject(answer)) throw unreadable("not_an_object");
  const { allow, reason, claims = {}, roles = [] } = answer;
  if (allow === false)
    throw new Failure("hook_refused", typeof reason === "string" && REASON.test(reason) ? reason : "no_reason");
  if (allow !== true) throw unreadable("allow_is_not_a_boolean");
  if (!isObject(claims)) throw unreadable("claims_are_not_an_object");
  if (!Array.isArray(roles) || !roles.every((role) => typeof role === "string")) throw unreadable("roles_are_no_list");
  const texts = Object.entries(claims).map(([name, value]) => [name, headerTexts(value)] as const);
  const added = granted({ roles, claims: Object.fromEntries(texts) }, hook, names);
  if (JSON.stringify(added).length > MAX_ANSWER) throw unreadable("too_large");
  return added;
}
