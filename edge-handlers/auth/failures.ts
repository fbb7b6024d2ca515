/** All failures as data: the code is for the log, the rest is for the browser. A closed set. */

import type { TextKey } from "../../pages/texts/texts";
import { asFailure as sharedAsFailure, Failure as SharedFailure, type SharedFailureCode } from "../shared/failure";

export interface FailureKind {
  status: number;
  title: TextKey;
  /** Sentences. */
  text: readonly TextKey[];
  /** Label of the page's action, if it has one. */
  action?: TextKey;
  /**
   * Where the action leads: `another` to a sign-in with another account; if absent, back to the start of the request.
   */
  href?: "/" | "another";
  /** Seconds after which trying again makes sense. */
  retryAfter?: number;
}

const NOT_SIGNED_IN: FailureKind = {
  status: 401,
  title: "notSignedInTitle",
  text: ["notSignedInText"],
  action: "signIn",
};
const TEMPORARY = { status: 503, retryAfter: 5, title: "unavailableTitle", action: "tryAgain" } as const;
const TRY_LATER = { ...TEMPORARY, text: ["tryLaterText"] } as const;
const START_OVER = { status: 400, title: "signInFailedTitle", action: "startAgain" } as const;
/** The provider still has a session with the browser, so a new attempt would fail in the same way. */
const ANOTHER_ACCOUNT = { action: "useAnotherAccount", href: "another" } as const;

export const FAILURES = {
  // The request
  bad_request: { status: 400, title: "badRequestTitle", text: ["badRequestText"] },
  body_too_large: { status: 413, title: "sizeTitle", text: ["bodyTooLargeText"] },
  wrong_host: { status: 421, title: "hostTitle", text: ["wrongHostText"] },
  not_found: { status: 404, title: "notFoundTitle", text: ["notFoundText"], action: "goToStartPage", href: "/" },
  method_not_allowed: { status: 405, title: "methodTitle", text: ["methodText"] },
  cross_origin: { status: 403, title: "crossOriginTitle", text: ["crossOriginText"] },
  unknown_identity_provider: {
    status: 404,
    title: "unknownProviderTitle",
    text: ["unknownProviderText"],
    action: "signIn",
  },
  // The session
  not_signed_in: NOT_SIGNED_IN,
  not_renewed: NOT_SIGNED_IN,
  device_refused: { status: 400, title: "badRequestTitle", text: ["badRequestText"] },
  session_too_large: { status: 500, title: "sessionTitle", text: ["sessionTooLargeText"] },
  refresh_token_too_large: { status: 500, title: "sessionTitle", text: ["refreshTooLargeText"] },
  too_many_sign_ins: {
    status: 429,
    retryAfter: 60,
    title: "tooManySignInsTitle",
    text: ["tooManySignInsText"],
    action: "tryAgain",
  },
  access_request_expired: {
    status: 400,
    title: "requestFailedTitle",
    text: ["requestExpiredText"],
    action: "checkAgain",
  },
  too_many_access_requests: {
    status: 429,
    retryAfter: 3600,
    title: "requestFailedTitle",
    text: ["requestLimitText"],
  },
  access_request_failed: { ...TEMPORARY, title: "requestFailedTitle", text: ["tryLaterText"] },
  access_request_under_way: { ...TEMPORARY, title: "redirectTitle", text: ["tryLaterText"] },
  renewal_under_way: { ...TEMPORARY, retryAfter: 1, text: ["renewalText"] },
  // The way back from the identity provider
  flow_missing: { ...START_OVER, text: ["flowMissingText"] },
  flow_mismatch: { ...START_OVER, text: ["cannotContinueText"] },
  authorization_response_invalid: { ...START_OVER, text: ["cannotContinueText"] },
  authorization_error: { ...START_OVER, text: ["authorizationErrorText"] },
  access_denied: { ...START_OVER, status: 403, text: ["canceledText"] },
  interaction_required: { ...START_OVER, status: 403, text: ["interactionText"] },
  grant_refused: { ...START_OVER, text: ["grantRefusedText"] },
  flow_reused: { ...START_OVER, text: ["flowReusedText"] },
  authentication_too_old: { ...START_OVER, status: 403, text: ["tooOldText"] },
  step_up_unmet: { ...START_OVER, status: 403, title: "stepUpTitle", text: ["stepUpText"] },
  groups_overage: { status: 403, title: "signInFailedTitle", text: ["groupsText"] },
  id_token_too_large: { status: 502, title: "signInFailedTitle", text: ["idTokenText"] },
  account_not_allowed: {
    ...START_OVER,
    status: 403,
    title: "deniedTitle",
    text: ["accountNotAllowedText"],
    ...ANOTHER_ACCOUNT,
  },
  hook_refused: { ...START_OVER, status: 403, title: "deniedTitle", text: ["hookRefusedText"], ...ANOTHER_ACCOUNT },
  user_changed: { ...START_OVER, status: 403, text: ["userChangedText"] },
  idp_response_invalid: { ...START_OVER, status: 502, text: ["cannotContinueText"] },
  idp_misconfigured: { status: 502, title: "signInFailedTitle", text: ["misconfiguredText"], action: "tryAgain" },
  client_refused: { ...TEMPORARY, retryAfter: 30, text: ["clientRefusedText"] },
  // What is down
  idp_unavailable: { ...TEMPORARY, text: ["providerSilentText", "tryLaterText"] },
  idp_answer_unreadable: { ...TEMPORARY, status: 502, text: ["providerAnswerText", "tryLaterText"] },
  settings_unavailable: TRY_LATER,
  keys_unavailable: TRY_LATER,
  ledger_unavailable: TRY_LATER,
  revocations_unavailable: TRY_LATER,
  client_secret_unavailable: TRY_LATER,
  client_key_unavailable: TRY_LATER,
  client_assertion_unavailable: TRY_LATER,
  client_not_propagated: {
    ...TEMPORARY,
    retryAfter: 30,
    title: "notPropagatedTitle",
    text: ["notPropagatedText"],
  },
  hook_unavailable: TRY_LATER,
  out_of_time: TRY_LATER,
  internal: { status: 500, title: "internalTitle", text: ["internalText"], action: "tryAgain" },
} as const satisfies Record<SharedFailureCode, FailureKind> & Record<string, FailureKind>;

export type FailureCode = keyof typeof FAILURES;

/** The shared class, with the codes of this handler. */
export type Failure = SharedFailure<FailureCode>;
export const Failure: new (code: FailureCode, detail?: string) => Failure = SharedFailure;

export const asFailure: (error: unknown) => Failure = sharedAsFailure;
