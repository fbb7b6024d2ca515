/** Identifies the user from the claims of the ID token and, for missing claims, of userinfo. */
import * as oauth from "oauth4webapi";
import type { Claims } from "../../../identity/claim-path";
import { profileOf, scopesOf } from "../../../identity/profiles";
import { areRolesLeftOut, claimsWanted, loginName, readUser, type User } from "../../../identity/user";
import { idpSessionId } from "../../../ledger/records";
import { sha256 } from "../../../session/node-hash";
import { userId } from "../../../session/token";
import { authenticationTime } from "../../shared/authentication-time";
import { headerTexts } from "../../shared/header-texts";
import type { RequestContext } from "../request-context";
import { Failure } from "../failures";
import { retriedWithNonce } from "./dpop";
import { refusalsAsFailures, tokenFailure } from "./failure";
import type { RelyingParty } from "./relying-party";
import type { Tokens } from "./tokens";

export interface Identity extends User {
  uid: string;
  /** See `loginName` in identity/user.ts; only if there is no e-mail address. */
  login?: string | undefined;
  /** The claims that the settings name. */
  claims: Record<string, string[]>;
  /** All claims from the provider. */
  providerClaims: Claims;
  /** The authentication contexts that the provider asserts, joined by spaces; empty if it asserts none. */
  strength: string;
  /** Unix seconds of the authentication at the provider, by its clock; undefined if it does not send it. */
  authTime: number | undefined;
  /** See `idpSessionId` in ledger/records.ts; absent if the ID token has no `sid`. */
  idpSession: string | undefined;
}

/**
 * @throws Failure `groups_overage`, `account_not_allowed`, `idp_unavailable`, `idp_response_invalid`,
 *   `idp_misconfigured`
 */
export async function identify(context: RequestContext, party: RelyingParty, tokens: Tokens): Promise<Identity> {
  const claims = await completeClaims(context, party, tokens);
  const { issuer, subject, email, roles } = refusalsAsFailures(() => readUser(party.settings, claims));
  const providerSid = tokens.idToken?.["sid"];
  return {
    uid: userId(sha256, issuer, subject),
    issuer,
    subject,
    email,
    ...(email === "" && { login: loginName(claims) }),
    roles,
    providerClaims: claims,
    claims: Object.fromEntries(
      context.settings.claims
        .map((name) => [name, headerTexts(Object.hasOwn(claims, name) ? claims[name] : undefined)] as const)
        .filter(([, texts]) => texts.length > 0),
    ),
    ...authenticationOf(context, party, tokens.idToken),
    idpSession:
      typeof providerSid === "string" && providerSid !== "" ? idpSessionId(sha256, issuer, providerSid) : undefined,
  };
}

/** Calls userinfo only if the ID token lacks a claim that the gateway needs and userinfo may have. */
async function completeClaims(
  { settings }: RequestContext,
  party: RelyingParty,
  { idToken, accessToken, dpop }: Tokens,
): Promise<Claims> {
  const wanted = [...claimsWanted(party.settings, scopesOf(party.settings, party.server)), ...settings.claims];
  if (idToken && (areRolesLeftOut(party.settings, idToken) || wanted.every((name) => idToken[name] !== undefined)))
    return idToken;
  if (!party.server.userinfo_endpoint || !profileOf(party.settings.profile).userinfo) {
    if (idToken) return idToken;
    throw new Failure("idp_response_invalid", "no_id_token_and_no_userinfo");
  }
  return { ...(await userinfo(party, { accessToken, dpop }, idToken?.sub)), ...idToken };
}

/** https://openid.net/specs/openid-connect-core-1_0.html#UserInfo */
async function userinfo(
  { server, client, requestOptions }: RelyingParty,
  { accessToken, dpop }: Pick<Tokens, "accessToken" | "dpop">,
  subject: string | undefined,
): Promise<Claims> {
  const options = { ...requestOptions, ...(dpop && { DPoP: dpop }) };
  try {
    return await retriedWithNonce(async () => {
      const response = await oauth.userInfoRequest(server, client, accessToken, options);
      // Without an ID token there is no subject to compare with; the caller compares the uid.
      return oauth.processUserInfoResponse(server, client, subject ?? oauth.skipSubjectCheck, response);
    });
  } catch (error) {
    // The provider refused the access token, not the client.
    if (error instanceof oauth.WWWAuthenticateChallengeError) throw new Failure("idp_misconfigured", error.code);
    throw tokenFailure(error);
  }
}

/**
 * Only from the ID token, which is about one authentication. Userinfo is about the user
 * (https://openid.net/specs/openid-connect-core-1_0.html#IDToken).
 */
function authenticationOf(
  { now }: RequestContext,
  { settings }: RelyingParty,
  claims: Claims = {},
): Pick<Identity, "strength" | "authTime"> {
  const { told = ({ acr }: Claims) => acr } = profileOf(settings.profile).strength ?? {};
  return { strength: headerTexts(told(claims)).join(" "), authTime: authenticationTime(claims["auth_time"], now) };
}
