/** Mistakes in identity providers: who they are, what they are asked for, and which roles they grant. */
import { ISSUER, SLUG, SMALL, identityProvider, rule, type Mistake } from "../small-config";

export const IDENTITY_PROVIDER_MISTAKES: Mistake[] = [
  [
    { identityProviders: undefined },
    "identityProviders",
    'write { main: { issuer: "https://…", clientId: "…" } }; it is missing',
  ],
  [
    { identityProviders: {} },
    "identityProviders",
    'write at least one: { main: { issuer: "https://…", clientId: "…" } }; it is {}',
  ],
  [{ identityProviders: [] }, "identityProviders", 'write { main: { issuer: "https://…", clientId: "…" } }; it is []'],
  [
    { identityProviders: { "Main IdP": SMALL.identityProviders.main } },
    "identityProviders.Main IdP",
    `${SLUG}; it is "Main IdP"`,
  ],
  [
    { identityProviders: { main: "https://login.example.com" } },
    "identityProviders.main",
    'write an object; it is "https://login.example.com"',
  ],
  [identityProvider({ issuer: undefined }), "identityProviders.main.issuer", ISSUER],
  [
    identityProvider({ issuer: "http://login.example.com" }),
    "identityProviders.main.issuer",
    `${ISSUER}; it is "http://login.example.com"`,
  ],
  [
    identityProvider({ issuer: "login.example.com" }),
    "identityProviders.main.issuer",
    `${ISSUER}; it is "login.example.com"`,
  ],
  [
    identityProvider({ issuer: "https://login.example.com/?a" }),
    "identityProviders.main.issuer",
    'write the issuer without query and fragment (OpenID Connect Discovery 1.0, section 2); it is "https://login.example.com/?a"',
  ],
  [
    identityProvider({ issuer: "https://login.example.com/#a" }),
    "identityProviders.main.issuer",
    'write the issuer without query and fragment (OpenID Connect Discovery 1.0, section 2); it is "https://login.example.com/#a"',
  ],
  [
    identityProvider({ clientId: "" }),
    "identityProviders.main.clientId",
    'write the client ID that the identity provider gave you; it is ""',
  ],
  [
    identityProvider({ clientId: "my wiki" }),
    "identityProviders.main.clientId",
    'write the client ID that the identity provider gave you; it is "my wiki"',
  ],
  [identityProvider({ label: "" }), "identityProviders.main.label", 'write a name that people know; it is ""'],
  [identityProvider({ label: "x".repeat(61) }), "identityProviders.main.label", "write at most 60 characters"],
  [identityProvider({ dpop: 1 }), "identityProviders.main.dpop", "write true or false; it is 1"],
  [identityProvider({ scopes: "openid" }), "identityProviders.main.scopes", 'write a list; it is "openid"'],
  [
    identityProvider({ scopes: ["email"] }),
    "identityProviders.main.scopes",
    'include "openid": without it there is no ID token; it is ["email"]',
  ],
  [
    identityProvider({ scopes: ["openid", "email profile"] }),
    "identityProviders.main.scopes[1]",
    'write a scope without spaces, such as "email"; it is "email profile"',
  ],
  [
    identityProvider({ signingAlgorithms: ["RS512", "HS256"] }),
    "identityProviders.main.signingAlgorithms[1]",
    'write algorithms from RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA; it is "HS256"',
  ],
  [
    identityProvider({ signingAlgorithms: "RS512" }),
    "identityProviders.main.signingAlgorithms",
    'write a list of algorithms, such as ["RS512"]; it is "RS512"',
  ],
  [
    identityProvider({ signingAlgorithms: [] }),
    "identityProviders.main.signingAlgorithms",
    "name an algorithm, or leave signingAlgorithms out; it is []",
  ],
  [
    identityProvider({ roles: { claim: "my roles" } }),
    "identityProviders.main.roles.claim",
    'write the path of a claim, such as "roles", "realm_access.roles" or \'"https://example.com/roles"\'; it is "my roles"',
  ],
  [
    identityProvider({ roles: { claim: "https://example.com/roles" } }),
    "identityProviders.main.roles.claim",
    'quote a name that contains dots: \'"https://example.com/roles"\'; it is "https://example.com/roles"',
  ],
  [
    identityProvider({ rolesClaim: "groups" }),
    "identityProviders.main.rolesClaim",
    'write roles: { claim: "groups" } instead',
  ],
  [
    identityProvider({ profile: "azure" }),
    "identityProviders.main.profile",
    'write one of "generic", "entra", "cognito", "okta", "auth0", "keycloak", "google"; it is "azure"',
  ],
  [
    identityProvider({ roles: { grant: ["admin"] } }),
    "identityProviders.main.roles.grant[0]",
    'no rule of the policy requires "admin"; remove it',
  ],
  [
    { ...identityProvider({ roles: { map: { Admins: "root" } } }), ...rule({ allow: { roles: ["admin"] } }) },
    "identityProviders.main.roles.map.Admins",
    'no rule of the policy requires "root"; write admin',
  ],
  [
    {
      ...identityProvider({ roles: { map: { Admins: "admin" }, grant: ["staff"] } }),
      ...rule({ allow: { roles: ["admin", "staff"] } }),
    },
    "identityProviders.main.roles.map.Admins",
    '"admin" is not among roles.grant; add it there',
  ],
  [
    { ...identityProvider({ profile: "google", issuer: undefined }), ...rule({ allow: { roles: ["admin"] } }) },
    "identityProviders.main.roles.claim",
    'the profile "google" has no standard claim for roles; write its path, such as \'"https://example.com/roles"\', or roles: { grant: [] }',
  ],
  [
    {
      identityProviders: {
        main: SMALL.identityProviders.main,
        other: { ...SMALL.identityProviders.main, roles: { grant: [] } },
      },
      ...rule({ allow: { roles: ["admin"] } }),
    },
    "identityProviders.main.roles.grant",
    'write which roles of the policy this provider may grant, such as ["admin"], or [] for none: there are several providers',
  ],
  [
    identityProvider({ offeredAt: { hosts: ["docs.example.com"] } }),
    "identityProviders.main.offeredAt.hosts[0]",
    '"docs.example.com" is not served; write wiki.example.com',
  ],
  [
    identityProvider({ authorizationParameters: { prompt: "none" } }),
    "identityProviders.main.authorizationParameters.prompt",
    'the gateway sets client_id, code_challenge, code_challenge_method, id_token_hint, login_hint, max_age, nonce, prompt, redirect_uri, request, request_uri, response_mode, response_type, scope, state itself; remove it; it is "prompt"',
  ],
  [rule({ allow: { idp: ["corp"] } }), "policy[0].allow.idp[0]", '"corp" is not among identityProviders; write main'],

  // The value of a setting that is not one may be a secret.
  [
    identityProvider({ clientSecret: "hunter2" }),
    "identityProviders.main.clientSecret",
    'remove it: secrets do not belong in a config. Write clientAuthentication: "client_secret_basic", and store the secret with "npx edgegate secrets put main"',
  ],
];
