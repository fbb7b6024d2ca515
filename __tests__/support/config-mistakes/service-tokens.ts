/** Mistakes in names that are taken by service tokens. */
import { custom, rule, type Mistake } from "../small-config";

export const SERVICE_TOKEN_MISTAKES: Mistake[] = [
  [
    { identityProviders: { "service-token": { issuer: "https://login.example.com", clientId: "x" } } },
    "identityProviders.service-token",
    "service tokens have this ID, and rules could not tell them apart; choose another name",
  ],
  [
    {
      accessTokens: { "service-token": { issuer: "https://ci.example.com", audience: ["https://app.example.com"] } },
      behaviors: [{ path: "/api/*", ...custom({}), api: true }],
    },
    "accessTokens.service-token",
    "service tokens have this ID, and rules could not tell them apart; choose another name",
  ],
  [
    rule({ allow: { idp: ["service-token"] } }),
    "policy[0].allow.idp[0]",
    '"service-token" is not among identityProviders; write main',
  ],
];
