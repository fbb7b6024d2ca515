/** What each endpoint of the emulator answers to a request of its client. */
import type { AuthorizationRequests } from "./authorization";
import type { ClientAuthenticator } from "./client-authentication";
import type { IdpEmulator } from "./emulator";
import { tampered, type Answer, type Endpoint } from "./faults";
import { verified, type Grants } from "./grants";

type Endpoints = Record<
  Endpoint,
  (form: URLSearchParams, authorization: string | undefined) => Answer | Promise<Answer>
>;

export function endpointsOf(
  idp: IdpEmulator,
  client: ClientAuthenticator,
  requests: AuthorizationRequests,
  grants: Grants,
): Endpoints {
  return {
    discovery: () =>
      tampered(idp.tampering.discovery, {
        issuer: idp.issuer,
        authorization_endpoint: idp.endpoint("authorize"),
        token_endpoint: idp.endpoint("token"),
        jwks_uri: idp.endpoint("jwks"),
        userinfo_endpoint: idp.endpoint("userinfo"),
        end_session_endpoint: idp.endpoint("end-session"),
        revocation_endpoint: idp.endpoint("revocation"),
        pushed_authorization_request_endpoint: idp.endpoint("par"),
        ...(idp.requiresPushedRequests && { require_pushed_authorization_requests: true }),
        response_types_supported: ["code"],
        subject_types_supported: ["public"],
        code_challenge_methods_supported: ["S256"],
        id_token_signing_alg_values_supported: [
          "none",
          "HS256",
          "RS256",
          "RS384",
          "RS512",
          "PS256",
          "PS384",
          "PS512",
          "ES256",
          "ES384",
          "ES512",
          "EdDSA",
        ],
        authorization_response_iss_parameter_supported: true,
      }),
    jwks: () => tampered(idp.tampering.jwks, { keys: idp.publishedKeys.map((key): unknown => key.jwk) }),
    userinfo: (_form, authorization) => {
      const refusal = idp.userinfoRefusals.shift();
      if (refusal) return refusal;
      const user = grants.userOf(authorization?.replace(/^(Bearer|DPoP) /, "") ?? "");
      return user ? tampered(idp.tampering.userinfo, verified(user)) : [401, { error: "invalid_token" }];
    },
    par: async (form, authorization) => {
      const refusal = await client.refusal("par", form, authorization);
      if (refusal) return refusal;
      return [201, { request_uri: requests.push(form), expires_in: 60 }];
    },
    revocation: async (form, authorization) => {
      const refusal = await client.refusal("revocation", form, authorization);
      if (refusal) return refusal;
      const token = form.get("token") ?? "";
      idp.revoked.push(token);
      grants.revoke(token);
      return [200, ""];
    },
    token: async (form, authorization) => {
      const refusal = await client.refusal("token", form, authorization);
      if (refusal) return refusal;
      const type = form.get("grant_type");
      if (type === "authorization_code") return grants.redeemCode(form);
      if (type === "refresh_token") return grants.redeemRefreshToken(form);
      return [400, { error: "unsupported_grant_type" }];
    },
  };
}
