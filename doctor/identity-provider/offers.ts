/** Compares the config's features with those that the discovery document offers. */
import { profileOf, scopesOf } from "../../identity/profiles";
import { methodOf } from "../../session/client-authentication";
import { SIGNATURE_ALGORITHMS } from "../../identity/signing-keys";
import { finder } from "../finding";
import { endpointIn, listIn, type Check } from "./subject";

/** How the gateway signs proofs of a session's key (edge-handlers/auth/oidc/dpop.ts). */
const DPOP_ALGORITHM = "ES256";

export const algorithms: Check = (subject) => {
  const { ok, problem } = finder("ID token");
  const offered = listIn(subject, "id_token_signing_alg_values_supported") ?? ["RS256"];
  const accepts = subject.provider.signingAlgorithms ?? SIGNATURE_ALGORITHMS;
  const accepted = offered.filter((name) => (accepts as readonly string[]).includes(name));
  return accepted.length > 0
    ? ok(`signed with ${accepted.join(", ")}`)
    : problem(
        `signed with ${offered.join(", ")} only`,
        `set the client's ID token signature to one of ${accepts.join(", ")}, or name its algorithm in signingAlgorithms`,
      );
};

export const flow: Check = (subject) => {
  const { ok, warning, problem } = finder("code flow");
  const types = listIn(subject, "response_types_supported") ?? ["code"];
  if (!types.includes("code"))
    return problem(`offers ${types.join(", ")}`, 'enable the authorization code flow (response type "code")');
  const challenges = listIn(subject, "code_challenge_methods_supported");
  if (challenges && !challenges.includes("S256"))
    return warning(
      `PKCE only with ${challenges.join(", ")}; the gateway sends S256`,
      "turn on PKCE with S256 for the client",
    );
  return ok(challenges ? "with PKCE (S256)" : "the document does not say whether PKCE works; the gateway uses it");
};

export const scopes: Check = (subject) => {
  const { ok, warning } = finder("scopes");
  const asked = scopesOf(subject.provider, subject.metadata);
  const offered = listIn(subject, "scopes_supported");
  const missing = offered ? asked.filter((name) => !offered.includes(name)) : [];
  return missing.length === 0
    ? ok(asked.join(" "))
    : warning(
        `not among scopes_supported: ${missing.join(" ")}`,
        "the document need not list all; if sign-in fails with invalid_scope, leave these out of scopes",
      );
};

export const silentRenewal: Check = (subject) => {
  const { ok, warning } = finder("silent renewal");
  const grants = listIn(subject, "grant_types_supported");
  return !grants || grants.includes("refresh_token")
    ? ok(grants ? "refresh tokens are offered" : "the document does not say whether there are refresh tokens")
    : warning(
        "refresh tokens are not offered",
        "enable the refresh token grant for the client; without it people are redirected whenever a token ends",
      );
};

export const clientAuthentication: Check = (subject) => {
  const { ok, problem } = finder("client");
  const method = methodOf(subject.provider.clientAuthentication);
  // Discovery often leaves "none" out.
  if (method === "none") return ok("public, with PKCE only");
  const name = method === "aws_assertion" ? "private_key_jwt" : method;
  // https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
  const offered = listIn(subject, "token_endpoint_auth_methods_supported") ?? ["client_secret_basic"];
  if (!offered.includes(name))
    return problem(
      `clientAuthentication is "${method}", and the provider offers ${offered.join(", ")}`,
      "write a method that it offers, and set the client at the provider to the same",
    );
  const { clientAuthentication: written } = subject.provider;
  const algorithm = typeof written === "object" ? written.algorithm : undefined;
  const signatures = listIn(subject, "token_endpoint_auth_signing_alg_values_supported");
  return algorithm !== undefined && signatures && !signatures.includes(algorithm)
    ? problem(
        `assertions are signed with ${algorithm}, and the provider accepts ${signatures.join(", ")}`,
        "write an algorithm that it accepts in clientAuthentication.algorithm",
      )
    : ok(method);
};

export const pushedRequests: Check = (subject) => {
  const { ok, problem } = finder("pushed requests");
  const endpoint = endpointIn(subject, "pushed_authorization_request_endpoint");
  const isRequired = subject.metadata["require_pushed_authorization_requests"] === true;
  if (!subject.provider.pushedAuthorizationRequests && !isRequired) return [];
  return endpoint
    ? ok(isRequired ? "required by the provider, and used" : "used")
    : problem(
        "the provider has no pushed_authorization_request_endpoint (RFC 9126)",
        "remove pushedAuthorizationRequests, or enable it at the provider",
      );
};

export const dpop: Check = (subject) => {
  if (!subject.provider.dpop) return [];
  const { ok, problem } = finder("DPoP");
  const offered = listIn(subject, "dpop_signing_alg_values_supported");
  return offered?.includes(DPOP_ALGORITHM)
    ? ok(DPOP_ALGORITHM)
    : problem(
        offered ? `the provider accepts ${offered.join(", ")}` : "the provider does not offer DPoP (RFC 9449)",
        "remove dpop, or enable it at the provider",
      );
};

export const signOut: Check = (subject) => {
  const { ok, warning } = finder("sign-out");
  const { logout } = profileOf(subject.provider.profile);
  return logout || endpointIn(subject, "end_session_endpoint")
    ? ok("also ends the session at the provider")
    : warning(
        "the provider has no end_session_endpoint: signing out leaves people signed in there",
        "the next visit signs them in again without a question; tell people to sign out at the provider",
      );
};
