/** How the emulator authenticates its client (RFC 6749 section 2.3, RFC 7523). */
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from "jose";
import {
  methodOf,
  type ClientAuthentication,
  type ClientAuthenticationMethod,
} from "../../../session/client-authentication";
import type { IdpEmulator } from "./emulator";
import type { Answer, Endpoint } from "./faults";

/** Whose assertions it takes for the client's, as Entra ID's federated identity credential says. */
export interface FederatedCredential {
  issuer: string;
  subject: string;
  audience: string;
  /** What the issuer publishes. */
  jwks: () => { keys: object[] };
}

export class ClientAuthenticator {
  private readonly usedAssertions = new Set<string>();

  constructor(private readonly idp: IdpEmulator) {}

  /** Authenticates the client before anything else, as every provider does: what a form has besides is not looked at. */
  async refusal(
    endpoint: Endpoint,
    form: URLSearchParams,
    authorization: string | undefined,
  ): Promise<Answer | undefined> {
    const assertion = form.get("client_assertion");
    if (assertion !== null) this.idp.seen(assertion);
    const refusal = this.idp.clientRefusals.shift();
    if (refusal) return refusal;
    return (await this.isAuthenticated(endpoint, form, authorization)) ? undefined : [401, { error: "invalid_client" }];
  }

  private isAuthenticated(
    endpoint: Endpoint,
    form: URLSearchParams,
    authorization: string | undefined,
  ): boolean | Promise<boolean> {
    const [id, secret] = [encode(this.idp.clientId), encode(this.idp.clientSecret ?? "")];
    const methods: Record<ClientAuthenticationMethod, () => boolean | Promise<boolean>> = {
      private_key_jwt: () => this.isAsserted(endpoint, form),
      aws_assertion: () => this.isAsserted(endpoint, form),
      none: () => !authorization && form.get("client_id") === this.idp.clientId && !form.has("client_secret"),
      client_secret_post: () =>
        !authorization &&
        form.get("client_id") === this.idp.clientId &&
        form.get("client_secret") === this.idp.clientSecret,
      client_secret_basic: () => authorization === `Basic ${btoa(`${id}:${secret}`)}` && !form.has("client_secret"),
    };
    return methods[methodOf(this.idp.clientAuthentication)]();
  }

  /** RFC 7523 section 3, RFC 10070 section 4: an assertion of the client, or of whom the federated credential names. */
  private async isAsserted(endpoint: Endpoint, form: URLSearchParams): Promise<boolean> {
    const federated = this.idp.federatedCredential;
    const isTyped = form.get("client_assertion_type") === "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    if (!isTyped || form.get("client_id") !== this.idp.clientId || form.has("client_secret")) return false;
    const settings = this.idp.clientAuthentication as Exclude<ClientAuthentication, string>;
    const ownAudience = settings.audience === "endpoint" ? this.idp.endpoint(endpoint) : this.idp.issuer;
    const keys = federated ? (federated.jwks() as JSONWebKeySet) : this.idp.clientKeys;
    try {
      const verified = await jwtVerify(form.get("client_assertion") ?? "", createLocalJWKSet(keys), {
        issuer: federated?.issuer ?? this.idp.clientId,
        subject: federated?.subject ?? this.idp.clientId,
        requiredClaims: ["exp", "jti", "aud"],
        currentDate: new Date(this.idp.now() * 1000),
        clockTolerance: 5,
      });
      const { aud, jti } = verified.payload;
      // As its sole value; and once, unless it is another's, who makes one for a while.
      if (aud !== (federated?.audience ?? ownAudience) || (!federated && this.usedAssertions.has(jti!))) return false;
      this.usedAssertions.add(jti!);
      this.idp.assertions.push({ ...verified, endpoint });
      return true;
    } catch {
      return false;
    }
  }
}

/** application/x-www-form-urlencoded, as RFC 6749 appendix B asks of client credentials. */
function encode(text: string): string {
  return new URLSearchParams({ "": text }).toString().slice(1);
}
