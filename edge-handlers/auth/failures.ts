/** All failures as data: the code is for the log, the rest is for the browser. A closed set. */

import { asFailure as sharedAsFailure, Failure as SharedFailure, type SharedFailureCode } from "../shared/failure";

export interface FailureKind {
  status: number;
  title: string;
  text: string;
  /** Label of the page's action, if it has one. */
  action?: string;
  /**
   * Where the action leads: `another` to a sign-in with another account; if absent, back to the start of the request.
   */
  href?: "/" | "another";
  /** Seconds after which trying again makes sense. */
  retryAfter?: number;
}

const SIGN_IN_FAILED = "Sign-in failed";
const UNAVAILABLE = "Sign-in is not available right now";
const NOT_SIGNED_IN: FailureKind = {
  status: 401,
  title: "You are not signed in",
  text: "Please sign in to continue.",
  action: "Sign in",
};
const TEMPORARY = { status: 503, retryAfter: 5, title: UNAVAILABLE, action: "Try again" } as const;
const TRY_LATER = "This usually resolves itself within a minute. Nothing is wrong with your account.";
const START_OVER = { status: 400, title: SIGN_IN_FAILED, action: "Start again" } as const;
/** The provider still knows the browser, so starting again would end here again. */
const ANOTHER_ACCOUNT = { action: "Use another account", href: "another" } as const;
const CANNOT_CONTINUE = "The answer of your organization’s sign-in service could not be accepted. Please start again.";

export const FAILURES = {
  // The request
  bad_request: { status: 400, title: "Request not understood", text: "This request could not be read." },
  body_too_large: { status: 413, title: "Request too large", text: "This request is larger than the gateway accepts." },
  wrong_host: { status: 421, title: "Unknown address", text: "This gateway does not serve this address." },
  not_found: {
    status: 404,
    title: "Page not found",
    text: "There is nothing at this address.",
    action: "Go to the start page",
    href: "/",
  },
  method_not_allowed: {
    status: 405,
    title: "Request not supported",
    text: "This address does not support this kind of request.",
  },
  cross_origin: { status: 403, title: "Request refused", text: "Only pages of this site may make this request." },
  unknown_identity_provider: {
    status: 404,
    title: "Unknown sign-in service",
    text: "This site does not use the sign-in service that was asked for.",
    action: "Sign in",
  },
  // The session
  not_signed_in: NOT_SIGNED_IN,
  not_renewed: NOT_SIGNED_IN,
  session_too_large: {
    status: 500,
    title: "Session problem",
    text: "Your account has more roles and attributes than a session can hold. Please ask for help.",
  },
  refresh_token_too_large: {
    status: 500,
    title: "Session problem",
    text: "Your organization’s sign-in service issued a session that is too large to keep. Please ask for help.",
  },
  too_many_sign_ins: {
    status: 429,
    retryAfter: 60,
    title: "Too many sign-ins",
    text: "Signing in keeps starting over, so it was stopped. Please wait a minute and try again. If it happens again, delete the cookies of this site or ask for help.",
    action: "Try again",
  },
  renewal_under_way: {
    ...TEMPORARY,
    retryAfter: 1,
    text: "Your session is being renewed. Please try again in a moment.",
  },
  // The way back from the identity provider
  flow_missing: {
    ...START_OVER,
    text: "This sign-in was already used, took longer than thirty minutes, or was started in another browser.",
  },
  flow_mismatch: { ...START_OVER, text: CANNOT_CONTINUE },
  authorization_response_invalid: { ...START_OVER, text: CANNOT_CONTINUE },
  authorization_error: { ...START_OVER, text: "Your organization’s sign-in service could not sign you in." },
  access_denied: { ...START_OVER, status: 403, text: "Sign-in was canceled, or your account may not use this site." },
  interaction_required: {
    ...START_OVER,
    status: 403,
    text: "Your organization’s sign-in service needs you to sign in or to agree first.",
  },
  grant_refused: { ...START_OVER, text: "This sign-in was already used or has expired." },
  flow_reused: {
    ...START_OVER,
    text: "This sign-in was already used. If you did not use it yourself, please ask for help.",
  },
  authentication_too_old: {
    ...START_OVER,
    status: 403,
    text: "Your sessions were ended, and your organization’s sign-in service did not ask you to sign in again. Please sign out there first.",
  },
  groups_overage: {
    status: 403,
    title: SIGN_IN_FAILED,
    text: "Your account is in more groups than your organization’s sign-in service can report, so your access cannot be determined. Please ask for help: an administrator can assign roles to the application instead, or limit the reported groups to those that are assigned to it.",
  },
  id_token_too_large: {
    status: 502,
    title: SIGN_IN_FAILED,
    text: "Your organization’s sign-in service says more about your account than this site can read, usually because it is in very many groups. Please ask for help: an administrator can assign roles instead, or limit the reported groups to those that this site needs.",
  },
  account_not_allowed: {
    ...START_OVER,
    status: 403,
    title: "Access denied",
    text: "You signed in, but this site does not accept accounts of your organization, or your e-mail address is not verified.",
    ...ANOTHER_ACCOUNT,
  },
  hook_refused: {
    ...START_OVER,
    status: 403,
    title: "Access denied",
    text: "You signed in, but this site does not accept your account. Please ask for help.",
    ...ANOTHER_ACCOUNT,
  },
  user_changed: { ...START_OVER, status: 403, text: "Your session belongs to another account." },
  idp_response_invalid: { ...START_OVER, status: 502, text: CANNOT_CONTINUE },
  idp_misconfigured: {
    status: 502,
    title: SIGN_IN_FAILED,
    text: "The connection to your organization’s sign-in service is not set up correctly. Please ask for help.",
    action: "Try again",
  },
  client_refused: {
    ...TEMPORARY,
    retryAfter: 30,
    text: "Your organization’s sign-in service does not accept the credentials of this site, not your account. You stay signed in where you are. Please try again later, or ask for help.",
  },
  // What is down
  idp_unavailable: { ...TEMPORARY, text: `Your organization’s sign-in service did not answer. ${TRY_LATER}` },
  idp_answer_unreadable: {
    ...TEMPORARY,
    status: 502,
    text: `Your organization’s sign-in service gave an unexpected answer. ${TRY_LATER}`,
  },
  settings_unavailable: { ...TEMPORARY, text: TRY_LATER },
  keys_unavailable: { ...TEMPORARY, text: TRY_LATER },
  ledger_unavailable: { ...TEMPORARY, text: TRY_LATER },
  revocations_unavailable: { ...TEMPORARY, text: TRY_LATER },
  client_secret_unavailable: { ...TEMPORARY, text: TRY_LATER },
  client_key_unavailable: { ...TEMPORARY, text: TRY_LATER },
  client_assertion_unavailable: { ...TEMPORARY, text: TRY_LATER },
  client_not_propagated: {
    ...TEMPORARY,
    retryAfter: 30,
    title: "Sign-in is being set up",
    text: "Your organization’s sign-in service does not know this site yet. A new connection takes a few minutes. Nothing is wrong with your account.",
  },
  hook_unavailable: { ...TEMPORARY, text: TRY_LATER },
  out_of_time: { ...TEMPORARY, text: TRY_LATER },
  internal: {
    status: 500,
    title: "Something went wrong",
    text: "The request could not be completed.",
    action: "Try again",
  },
} as const satisfies Record<SharedFailureCode, FailureKind> & Record<string, FailureKind>;

export type FailureCode = keyof typeof FAILURES;

/** The shared class, with the codes of this handler. */
export type Failure = SharedFailure<FailureCode>;
export const Failure: new (code: FailureCode, detail?: string) => Failure = SharedFailure;

export const asFailure: (error: unknown) => Failure = sharedAsFailure;
