/** Identifies the user from the claims of the ID token and, for missing claims, of userinfo. */
import * as oauth from "oauth4webapi";
import { idpSessionId } from "../../../ledger/records";
import { sha256 } from "../../../session/node-hash";
import { userId } from "../../../session/token";
import type { RequestContext } from "../request-context";
import { Failure } from "../failures";
import { retriedWithNonce } from "./dpop";
import { tokenFailure } from "./failure";
import type { RelyingParty } from "./relying-party";
import type { Tokens } from "./tokens";

export interface Identity {
  uid: string;
  email: string;
  /** Only names that the policy mentions. */
  roles: string[];
  claims: Record<string, string>;
  /** `acr`, or empty. */
  strength: string;
  /** Unix seconds of the authentication at the provider, by its clock; undefined if it does not send it. */
  authTime: number | undefined;
  /** See `idpSessionId` in ledger/records.ts; absent if the ID token has no `sid`. */
  idpSession: string | undefined;
}

type Claims = Record<string, unknown>;

const MAX_EMAIL = 254;
/** Claims are copied into headers of the request to the origin: no control characters, no lone surrogates. */
const HEADER_TEXT = /^[ -~\u00a0-\ud7ff\ue000-\u{10ffff}]+$/u;

/** @throws Failure `groups_overage`, `idp_unavailable`, `idp_response_invalid`, `idp_misconfigured` */
export async function identify(context: RequestContext, party: RelyingParty, tokens: Tokens): Promise<Identity> {
  const { settings } = context;
  const { issuer, rolesClaim } = party.settings;
  const claims = await completeClaims(context, party, tokens);
  const providerSid = tokens.idToken?.["sid"];
  if (isOverage(claims, rolesClaim)) throw new Failure("groups_overage");
  return {
    uid: userId(sha256, issuer, String(claims["sub"])),
    email: emailOf(claims),
    roles: settings.roles.filter((role) => listOf(claims[rolesClaim]).includes(role)),
    claims: Object.fromEntries(
      settings.claims.map((name) => [name, textOf(claims[name])] as const).filter(([, text]) => text !== ""),
    ),
    strength: textOf(claims["acr"]),
    authTime: timeOf(claims["auth_time"]),
    idpSession:
      typeof providerSid === "string" && providerSid !== "" ? idpSessionId(sha256, issuer, providerSid) : undefined,
  };
}

/** Calls userinfo only if the ID token lacks a claim that the gateway needs. */
async function completeClaims(
  context: RequestContext,
  party: RelyingParty,
  { idToken, accessToken, dpop }: Tokens,
): Promise<Claims> {
  const { settings } = context;
  const { rolesClaim, scopes } = party.settings;
  const wanted = [...settings.claims];
  if (settings.roles.length > 0) wanted.push(rolesClaim);
  if (scopes.includes("email")) wanted.push("email");
  if (idToken && (isOverage(idToken, rolesClaim) || wanted.every((name) => idToken[name] !== undefined)))
    return idToken;
  if (!party.server.userinfo_endpoint) {
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
    throw tokenFailure(error);
  }
}

/**
 * True if the provider left the roles out because there are too many. Then the user's roles are unknown, and granting
 * or denying them would both be wrong
 * (https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference#groups-overage-claim).
 */
function isOverage(claims: Claims, rolesClaim: string): boolean {
  const pointers = claims["_claim_names"];
  if (typeof pointers === "object" && pointers !== null && Object.hasOwn(pointers, rolesClaim)) return true;
  return rolesClaim === "groups" && String(claims["hasgroups"]) === "true";
}

/** Empty for an address that the provider calls unverified, because it could be anybody's. */
function emailOf(claims: Claims): string {
  const email = textOf(claims["email"]);
  return String(claims["email_verified"]) === "false" || email.length > MAX_EMAIL ? "" : email;
}

function listOf(claim: unknown): unknown[] {
  return Array.isArray(claim) ? claim : [claim];
}

/** A claim as header text; empty if it cannot be written as such. */
function textOf(claim: unknown): string {
  const values = listOf(claim).filter((value) => ["string", "number", "boolean"].includes(typeof value));
  const text = values.join(",");
  return HEADER_TEXT.test(text) ? text : "";
}

function timeOf(claim: unknown): number | undefined {
  return typeof claim === "number" && Number.isSafeInteger(claim) && claim > 0 ? claim : undefined;
}
