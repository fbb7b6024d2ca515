/** Maps an identity provider's errors to failures of the gateway. None of the provider's text is passed on. */
import * as oauth from "oauth4webapi";
import { UserRefused, type RefusalCode } from "../../../identity/user";
import { safeCode } from "../../shared/failure";
import { isClientRefused } from "./client-authentication/refusal";
import { Failure, type FailureCode } from "../failures";

/** https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
const TOKEN_ERRORS = new Map<string, FailureCode>([
  ["invalid_grant", "grant_refused"],
  ["invalid_client", "client_refused"],
  ["unauthorized_client", "idp_misconfigured"],
  ["unsupported_grant_type", "idp_misconfigured"],
  ["invalid_scope", "idp_misconfigured"],
  ["server_error", "idp_unavailable"],
  ["temporarily_unavailable", "idp_unavailable"],
]);

/**
 * https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1,
 * https://openid.net/specs/openid-connect-core-1_0.html#AuthError
 */
const AUTHORIZATION_ERRORS = new Map<string, FailureCode>([
  ["access_denied", "access_denied"],
  ["login_required", "interaction_required"],
  ["interaction_required", "interaction_required"],
  ["consent_required", "interaction_required"],
  ["account_selection_required", "interaction_required"],
  // https://openid.net/specs/openid-connect-unmet-authentication-requirements-1_0.html
  ["unmet_authentication_requirements", "step_up_unmet"],
  ["server_error", "idp_unavailable"],
  ["temporarily_unavailable", "idp_unavailable"],
  ["unauthorized_client", "idp_misconfigured"],
  ["invalid_request", "idp_misconfigured"],
  ["invalid_scope", "idp_misconfigured"],
  ["unsupported_response_type", "idp_misconfigured"],
]);

const REFUSALS: Record<RefusalCode, FailureCode> = {
  roles_left_out: "groups_overage",
  unexpected_claims: "idp_response_invalid",
  tenant_not_allowed: "account_not_allowed",
  email_domain_not_allowed: "account_not_allowed",
};

/** oauth4webapi's codes for an answer that no OAuth endpoint would give, so something else must have answered. */
const FOREIGN_ANSWERS: ReadonlySet<string | undefined> = new Set([
  oauth.PARSE_ERROR,
  oauth.RESPONSE_IS_NOT_JSON,
  oauth.RESPONSE_IS_NOT_CONFORM,
]);

/** True if the answer was an error page, a redirect or a maintenance notice, and not from the provider's endpoint. */
export function isForeignAnswer(error: unknown): boolean {
  return error instanceof oauth.OperationProcessingError && FOREIGN_ANSWERS.has(error.code);
}

/** The failure for an error of an endpoint at which the client authenticates, or of an ID token. */
export function tokenFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (isClientRefused(error)) {
    const said = error instanceof oauth.ResponseBodyError ? error.error : "";
    return new Failure("client_refused", TOKEN_ERRORS.has(said) ? said : error.code);
  }
  if (error instanceof oauth.ResponseBodyError) return known(TOKEN_ERRORS, error.error, "idp_response_invalid");
  return new Failure(isForeignAnswer(error) ? "idp_answer_unreadable" : "idp_response_invalid", safeCode(error));
}

/** The failure for an error in an authorization response. */
export function authorizationFailure(error: unknown): Failure {
  if (error instanceof oauth.AuthorizationResponseError)
    return known(AUTHORIZATION_ERRORS, error.error, "authorization_error");
  return new Failure("authorization_response_invalid", safeCode(error));
}

/** @throws Failure instead of each {@link UserRefused} */
export function refusalsAsFailures<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof UserRefused ? new Failure(REFUSALS[error.code], `${error.code} ${error.claim}`) : error;
  }
}

/** Only registered codes go into the log; anything else may be text that an attacker put into a URL. */
function known(table: ReadonlyMap<string, FailureCode>, error: string, otherwise: FailureCode): Failure {
  const code = table.get(error);
  return code ? new Failure(code, error) : new Failure(otherwise, "unregistered_error");
}
