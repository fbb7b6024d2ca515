import type { Claims } from "../../identity/claim-path";
import { readUserAs, type ClaimRules, type User } from "../../identity/user";
import type { AccessTokenIssuer } from "../../session/access-tokens";
import { formOf } from "./access-token-forms";
import { profileOf } from "../../identity/profiles";

/**
 * The user of a verified token. The subject is the same claim as in the provider's ID tokens, so that a person has one
 * ID in browsers and in programs.
 *
 * @throws UserRefused
 */
export function accessTokenUser(rules: ClaimRules, issuer: AccessTokenIssuer, claims: Claims): User {
  const { profile } = issuer;
  const base = profileOf(profile === "entra" || profile === "cognito" ? profile : "generic");
  return readUserAs({ ...base, subject: formOf(issuer).subject }, rules, claims);
}
