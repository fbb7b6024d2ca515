/** What the emulator grants to its client: codes, tokens, and their end. */
import { createHash } from "node:crypto";
import type { JWTPayload } from "jose";
import { TENANT_ID } from "../../../identity/user";
import type { IdpEmulator } from "./emulator";
import { tampered, type Answer, type Json } from "./faults";
import { signIdToken } from "./keys";

/** What one sign-in gave, from its code to the last of its refresh tokens. */
export interface Grant {
  /** Who signed in. */
  user: Json;
  /** When they authenticated: Unix seconds. */
  authTime: number | undefined;
  /** The authentication context that they fulfilled. */
  acr: string | undefined;
  redirectUri: string;
  challenge: string;
  nonce: string;
  refreshTokens: string[];
  ended: boolean;
}

export class Grants {
  private readonly codes = new Map<string, Grant>();
  private readonly begun: Grant[] = [];
  /** Whom an access token is of. */
  private readonly accessTokens = new Map<string, Json>();

  constructor(private readonly idp: IdpEmulator) {}

  /** @returns the code for it */
  begin(grant: Omit<Grant, "refreshTokens" | "ended">): string {
    const code = this.idp.newSecret();
    this.codes.set(code, { ...grant, refreshTokens: [], ended: false });
    return code;
  }

  userOf(accessToken: string): Json | undefined {
    return this.accessTokens.get(accessToken);
  }

  /** RFC 7009: the whole grant ends. */
  revoke(refreshToken: string): void {
    for (const grant of this.begun) if (grant.refreshTokens.includes(refreshToken)) grant.ended = true;
  }

  redeemCode(form: URLSearchParams): Answer | Promise<Answer> {
    this.idp.codesSeen++;
    const code = form.get("code") ?? "";
    const grant = this.codes.get(code);
    if (!this.idp.takesCodesAgain) this.codes.delete(code);
    const verifier = this.idp.seen(form.get("code_verifier") ?? "");
    const challenge = createHash("sha256").update(verifier).digest("base64url");
    if (!grant || grant.redirectUri !== form.get("redirect_uri") || grant.challenge !== challenge)
      return [400, { error: "invalid_grant" }];
    const first = { ...grant, refreshTokens: [] };
    this.begun.push(first);
    return this.tokens(first, true);
  }

  redeemRefreshToken(form: URLSearchParams): Answer | Promise<Answer> {
    if (this.idp.refusesRenewals !== undefined) return [400, { error: this.idp.refusesRenewals }];
    const token = form.get("refresh_token") ?? "";
    const grant = this.begun.find((candidate) => candidate.refreshTokens.includes(token));
    if (!grant) return [400, { error: "invalid_grant" }];
    if (grant.refreshTokens.at(-1) !== token) grant.ended = true;
    if (grant.ended) return [400, { error: "invalid_grant", error_description: "<i>reuse</i>" }];
    return this.tokens(grant, this.idp.renewsIdTokens);
  }

  private async tokens(grant: Grant, withIdToken: boolean): Promise<Answer> {
    const first = grant.refreshTokens.length === 0;
    if (this.idp.issuesRefreshTokens && (first || this.idp.rotatesRefreshTokens))
      grant.refreshTokens.push(this.idp.newSecret(this.idp.refreshTokenBytes));
    const user = first || this.idp.remembersUsers ? grant.user : this.idp.user;
    const accessToken = this.idp.newSecret();
    this.accessTokens.set(accessToken, user);
    return tampered(this.idp.tampering.tokenResponse, {
      access_token: accessToken,
      token_type: "Bearer",
      expires_in: 300,
      ...(withIdToken && {
        id_token: this.idp.seen(await this.idToken(user, first ? grant.nonce : undefined, grant)),
      }),
      ...(this.idp.issuesRefreshTokens &&
        (first || this.idp.rotatesRefreshTokens) && { refresh_token: grant.refreshTokens.at(-1) }),
    });
  }

  private idToken(
    user: Json,
    nonce: string | undefined,
    { authTime, acr }: Pick<Grant, "authTime" | "acr">,
  ): string | Promise<string> {
    const told = Object.entries(verified(user)).filter(([name]) => !this.idp.userinfoOnly.includes(name));
    const now = this.idp.now();
    const claims: JWTPayload = {
      iss: this.idp.issuer.replace(TENANT_ID, String(user["tid"])),
      aud: this.idp.clientId,
      iat: now,
      exp: now + 300,
      auth_time: authTime ?? now - 5,
      ...(nonce !== undefined && { nonce }),
      ...(acr !== undefined && { acr }),
      ...Object.fromEntries(told),
    };
    this.idp.tampering.claims?.(claims);
    return this.idp.tampering.idToken
      ? this.idp.tampering.idToken(claims, this.idp.key)
      : signIdToken(claims, this.idp.key);
  }
}

/** Says of every address that it is verified, unless the user's claims say otherwise. */
export function verified(user: Json): Json {
  return { ...("email" in user && { email_verified: true }), ...user };
}
