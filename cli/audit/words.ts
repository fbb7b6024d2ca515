/** The timeline's words for codes in the logs. docs/operations.md has all codes. */

/** Reasons why the gate asked to sign in (functions/gate/decide.ts). */
export const LOGIN_REASONS: Readonly<Record<string, string>> = {
  none: "no session cookie",
  several: "more than one session cookie",
  form: "the session cookie is not a token",
  key: "the key of the token is not in the store",
  mac: "the signature of the token is wrong",
  expired: "the token has expired",
  revoked: "the session or its user is revoked",
  outdated: "the token has to be signed again",
  "step-up": "a rule requires a stronger or newer authentication",
};

/** Reasons why the gate refused, except those that depend on the policy. */
export const DENY_REASONS: Readonly<Record<string, string>> = {
  host: "the host is not in the config",
  path: "the path could be read in two ways",
  size: "too many headers or cookies",
  endpoint: "the gateway has no such endpoint",
  store: "the key-value store could not be read",
  before: "viewerRequest.before failed",
  after: "allowed, but viewerRequest.after failed",
};

/** Outcomes of the auth handler: the decision, and the reason if the code does not contain it. */
const OUTCOMES: Readonly<Record<string, readonly [decision: string, why?: string]>> = {
  signed_in: ["signed in"],
  sign_in_started: ["asked to sign in"],
  choice_offered: ["asked to sign in", "several identity providers to choose from"],
  switch_asked: ["asked to sign in", "another account was asked for"],
  renewed: ["renewed"],
  reissued: ["renewed", "the token was signed again"],
  renewal_repeated: ["renewed", "the result of an earlier renewal again"],
  renewed_elsewhere: ["renewed", "another tab had renewed the session"],
  renewal_under_way: ["not renewed", "another request was renewing the session"],
  passed_on: ["renewed", "after a link on another site"],
  not_renewed: ["not renewed"],
  not_signed_in: ["not signed in"],
  signed_out: ["signed out"],
  signed_out_here: ["signed out", "only this browser: ledger or queue did not take it"],
  confirmation_asked: ["asked to confirm", "a sign-out that another site began"],
  told: ["told", "who is signed in"],
  exchanged: ["allowed", "a program exchanged its token for an edge token"],
  access_denied: ["refused", "canceled, or the identity provider does not let the user in"],
  account_not_allowed: ["refused", "the account is not of an allowed tenant or domain"],
  hook_refused: ["refused", "by the sign-in hook"],
  authentication_too_old: ["refused", "revoked, and the identity provider did not authenticate the user again"],
  groups_overage: ["refused", "too many groups for the identity provider to list"],
  user_changed: ["refused", "the renewal was for another user"],
  flow_missing: ["refused", "the sign-in was too old, already used or begun in another browser"],
  flow_reused: ["refused", "the callback of a sign-in came twice"],
  too_many_sign_ins: ["refused", "three sign-ins within a minute"],
  client_refused: ["failed", "the identity provider refuses the gateway's client secret or key"],
  idp_unavailable: ["failed", "the identity provider does not answer"],
  ledger_unavailable: ["failed", "the ledger cannot be read or written"],
  keys_unavailable: ["failed", "the session keys cannot be read"],
  out_of_time: ["failed", "out of time"],
};

/**
 * @param status of the answer
 * @returns the decision and the reason, which includes the code unless the decision says the same
 */
export function outcomeInWords(outcome: string, status: number, detail: string | undefined): [string, string] {
  const known = OUTCOMES[outcome];
  const code = [outcome, ...(detail === undefined ? [] : [detail])].join(" ");
  if (!known) return [status >= 500 ? "failed" : status >= 400 ? "refused" : "answered", code];
  const [decision, why] = known;
  return [decision, why === undefined ? (detail ?? "") : `${why} (${code})`];
}
