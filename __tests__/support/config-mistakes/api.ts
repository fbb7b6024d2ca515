/** Mistakes in `accessTokens` and `api`. */
import type { Mistake } from "../small-config";

const AUDIENCE = ["https://api.example.com"];
const SERVER = { type: "custom", domainName: "api.example.com", open: true };
const API = { behaviors: [{ path: "/api/*", origin: SERVER, api: true }] };

const tokens = (issuer: object, id = "ci") => ({ ...API, accessTokens: { [id]: { audience: AUDIENCE, ...issuer } } });
const api = (options: unknown, more: object = {}) => ({
  behaviors: [{ path: "/api/*", origin: SERVER, api: options, ...more }],
});

export const API_MISTAKES: Mistake[] = [
  [
    tokens({}),
    "accessTokens.ci.issuer",
    'write the issuer as its tokens spell it, or identityProvider: "main" for one of this config',
  ],
  [
    tokens({ identityProvider: "corp" }),
    "accessTokens.ci.identityProvider",
    '"corp" is not among identityProviders; write main',
  ],
  [
    tokens({ identityProvider: "main", issuer: "https://login.example.com" }),
    "accessTokens.ci.issuer",
    "remove it: identityProvider says it already",
  ],
  [
    tokens({ issuer: "https://other.example.com" }, "main"),
    "accessTokens.main",
    'an identity provider is called "main", too, and rules could not tell them apart; choose another name, or write identityProvider: "main"',
  ],
  [
    tokens({ profile: "github" }),
    "accessTokens.ci.require",
    'say whose jobs may call, such as { repository: "example/app" }: anybody\'s job can get a token for your audience',
  ],
  [
    tokens({ profile: "gitlab", issuer: "https://gitlab.com", require: { ref: "main" } }),
    "accessTokens.ci.require",
    'say whose jobs may call, such as { project_path: "example/app" }: anybody\'s job can get a token for your audience',
  ],
  ...(
    [
      [{ repository: "example*" }, "repository", "example*"],
      [{ repository: ["example/app", "example*"] }, "repository", "example*"],
      [{ sub: "repo:*" }, "sub", "repo:*"],
      [{ sub: "repo:example*" }, "sub", "repo:example*"],
    ] as const
  ).map(([require, claim, pattern]): Mistake => [
    tokens({ profile: "github", require }),
    `accessTokens.ci.require.${claim}`,
    `"${pattern}" is also how names of others may begin; write the owner in full, and "*" after the "/", such as "example/*"`,
  ]),
  [
    tokens({ profile: "github", require: { repository_owner: "example*" } }),
    "accessTokens.ci.require.repository_owner",
    '"example*" is also how names of others may begin; write the value without "*"',
  ],
  [
    tokens({ profile: "gitlab", issuer: "https://gitlab.com", require: { ci_config_ref_uri: "gitlab.com/*" } }),
    "accessTokens.ci.require.ci_config_ref_uri",
    '"gitlab.com/*" is also how names of others may begin; write the owner in full, and "*" after the "/", such as "example/*"',
  ],
  [
    tokens({ issuer: "https://token.actions.githubusercontent.com", type: "any" }),
    "accessTokens.ci.profile",
    'write "github", whose issuer this is: anybody\'s job can get a token for your audience',
  ],
  [
    tokens({ issuer: "https://gitlab.com", type: "any" }),
    "accessTokens.ci.profile",
    'write "gitlab", whose issuer this is: anybody\'s job can get a token for your audience',
  ],
  [
    tokens({ profile: "aws", issuer: "https://a.tokens.sts.global.api.aws", type: "any" }),
    "accessTokens.ci.type",
    'remove it: the tokens of the profile "aws" never say it',
  ],
  [
    tokens({ identityProvider: "main", type: "any", audience: ["https://api.example.com", "wiki"] }),
    "accessTokens.ci.audience[1]",
    'ID tokens for people who sign in here name the client "wiki", too; name an audience of the API\'s own, or leave type out',
  ],
  [
    tokens({ issuer: "https://other.example.com", roles: { grant: ["admin"] } }),
    "accessTokens.ci.roles.grant[0]",
    'no rule of the policy requires "admin"; remove it',
  ],
  [
    { accessTokens: { ci: { issuer: "https://other.example.com", audience: AUDIENCE } } },
    "accessTokens",
    'no behavior accepts tokens; write api: true at one, such as { path: "/api/*", api: true, … }',
  ],
  [
    api(true, { origin: { type: "s3" } }),
    "behaviors[0].api",
    "remove it: a bucket serves files, and cannot tell callers apart",
  ],
  [
    api({ cors: { origins: "*", credentials: true } }),
    "behaviors[0].api.cors.credentials",
    'remove it, or name the origins: browsers refuse credentials with "*"',
  ],
  [
    api({ cors: { origins: ["https://a.example.com"] } }, { path: "/*/api" }),
    "behaviors[0].api.cors",
    'CORS needs a pattern whose only "*" is at its end, such as "/api/*"; it is "/*/api"',
  ],
];
