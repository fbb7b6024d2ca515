/** Mistakes in `tests`, and expectations that a policy does not meet. */
import { identityProvider, SMALL, type Mistake } from "../small-config";

const AS = 'write "anonymous", "signed-in", or { roles: ["editor"], idp: "main" }';
const EDITORS = [
  { path: "/docs/**", methods: ["GET"], allow: "public" },
  { path: "/admin/**", allow: { roles: ["editor"] } },
];
/** One expectation of the policy above. */
const expected = (as: unknown, more: object) => ({ policy: EDITORS, tests: [{ as, ...more }] });

const CONDITIONS = [
  { path: "/premium/**", allow: { claims: { plan: "premium" } } },
  { path: "/profile/{user}", methods: ["PUT"], allow: { owner: "user" } },
  { path: "/keys/**", allow: { roles: ["editor"], acr: ["mfa"], maxAge: "15m" } },
  { path: "/old/**", allow: "nobody" },
  { path: "/office/**", allow: { networks: ["192.0.2.0/24"] } },
  { path: "/market/**", allow: { public: true, countries: ["DE"] } },
  { path: "/late/**", allow: { during: { hours: "18:00-22:00" } } },
];
/** One expectation of that policy. */
const conditional = (test: object) => ({ policy: CONDITIONS, tests: [{ can: ["GET /premium/x"], ...test }] });

export const POLICY_TEST_MISTAKES: Mistake[] = [
  [{ tests: {} }, "tests", 'write a list, such as [{ as: "anonymous", cannot: ["GET /admin"] }]; it is {}'],
  [expected("everybody", { can: ["GET /docs"] }), "tests[0].as", `${AS}; it is "everybody"`],
  [
    expected("anonymous", {}),
    "tests[0]",
    'write can: ["GET /docs/x"] or cannot: ["GET /admin"]; it is {"as":"anonymous"}',
  ],
  [
    expected({ roles: [] }, { can: ["GET /docs"] }),
    "tests[0].as.roles",
    'name a role, or write as: "signed-in"; it is []',
  ],
  [
    expected("anonymous", { can: [1] }),
    "tests[0].can[0]",
    'write requests that they can make, such as "GET /docs/x"; it is 1',
  ],
  [
    expected("anonymous", { can: ["/docs"] }),
    "tests[0].can[0]",
    'write a method and a path, such as "GET /docs/x", or a URL, such as "GET https://app.example.com/docs/x"; it is "/docs"',
  ],
  [
    expected("anonymous", { cannot: ["PURGE /admin"] }),
    "tests[0].cannot[0]",
    'write one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS; it is "PURGE /admin"',
  ],
  [
    expected("anonymous", { cannot: ["GET https://docs.example.com/admin"] }),
    "tests[0].cannot[0]",
    '"docs.example.com" is not served; write wiki.example.com',
  ],
  [
    expected("anonymous", { cannot: ["GET /_gate/login"] }),
    "tests[0].cannot[0]",
    "/_gate is reserved for the gateway's own endpoints, to which no rule applies; remove it",
  ],
  [
    expected({ roles: ["editors"] }, { cannot: ["GET /admin"] }),
    "tests[0].as.roles[0]",
    'no rule of the policy requires "editors"; write editor',
  ],
  [
    expected({ idp: "corp" }, { cannot: ["GET /admin"] }),
    "tests[0].as.idp",
    '"corp" is not among identityProviders; write main',
  ],
  [
    {
      ...expected({ roles: ["editor"], idp: "main" }, { can: ["GET /admin"] }),
      ...identityProvider({ roles: { grant: [] } }),
    },
    "tests[0].as.roles[0]",
    '"main" does not grant "editor"; name another role or provider',
  ],
  [
    expected("anonymous", { can: ["GET /docs", "POST /docs/x"] }),
    "tests[0].can[1]",
    'a visitor without a session cannot "POST /docs/x": no rule matches; add one, or move this line to cannot',
  ],
  [
    expected("signed-in", { can: ["GET /admin/x?y=z"] }),
    "tests[0].can[0]",
    'a user without a role cannot "GET /admin/x?y=z": policy[1] (/admin/**) requires editor; change it or put a rule above it, or move this line to cannot',
  ],
  [
    expected("anonymous", { can: ["GET /docs/a%2fb"] }),
    "tests[0].can[0]",
    'a visitor without a session cannot "GET /docs/a%2fb": policy[0] (/docs/**) does not take encoded characters; write escapes: true there, or move this line to cannot',
  ],
  [
    expected("anonymous", { can: ["GET /docs/../docs"] }),
    "tests[0].can[0]",
    'a visitor without a session cannot "GET /docs/../docs": the gate refuses such a path whatever the rules say; move this line to cannot',
  ],
  // Whoever names no provider speaks of all of them.
  [
    {
      identityProviders: Object.fromEntries(["main", "corp"].map((id) => [id, SMALL.identityProviders.main])),
      policy: [{ path: "/docs/**", allow: { idp: ["main"] } }],
      tests: [
        { as: { idp: "main" }, can: ["GET /docs"] },
        { as: "signed-in", can: ["GET /docs"] },
      ],
    },
    "tests[1].can[0]",
    'a user without a role, from corp, cannot "GET /docs": policy[0] (/docs/**) requires signed-in (main); change it or put a rule above it, or move this line to cannot',
  ],
  [
    expected({ roles: ["editor"] }, { can: ["GET /admin"], cannot: ["POST /docs", "PUT /admin/x"] }),
    "tests[0].cannot[1]",
    'a user with the role editor can "PUT /admin/x": policy[1] (/admin/**) allows editor; put a stricter rule above it, or move this line to can',
  ],
  [
    conditional({ as: {} }),
    "tests[0].as",
    'say who, such as { roles: ["editor"] }, or write as: "signed-in"; it is {}',
  ],
  [
    conditional({ as: { claims: { pln: "premium" } } }),
    "tests[0].as.claims.pln",
    'no rule of the policy compares the claim "pln"; write plan',
  ],
  [
    conditional({ as: { claims: { email: "ann@example.com" } } }),
    "tests[0].as.claims.email",
    'write email: "ann@example.com" beside claims',
  ],
  [
    conditional({ as: { scopes: ["read"] } }),
    "tests[0].as.scopes",
    "no rule of the policy asks for scopes; leave it out",
  ],
  [
    conditional({ as: { claims: { plan: ["free", "trial"] }, authAge: "20m" } }),
    "tests[0].can[0]",
    'a user without a role, claim plan free and trial, signed in 20m ago, cannot "GET /premium/x": policy[0] (/premium/**) requires signed-in, claim plan is premium; change it or put a rule above it, or move this line to cannot',
  ],
  [
    conditional({ as: { roles: ["editor"] }, can: ["PUT /profile/ann"] }),
    "tests[0].can[0]",
    'a user with the role editor cannot "PUT /profile/ann": policy[1] (/profile/{user}) requires owner ({user}); change it or put a rule above it, or move this line to cannot',
  ],
  [
    conditional({ as: { owner: true }, can: [], cannot: ["PUT /profile/ann"] }),
    "tests[0].cannot[0]",
    'a user without a role, as the owner, can "PUT /profile/ann": policy[1] (/profile/{user}) allows owner ({user}); put a stricter rule above it, or move this line to can',
  ],
  [
    conditional({ as: { roles: ["editor"], acr: "mfa", authAge: "16m" }, can: ["GET /keys"] }),
    "tests[0].can[0]",
    'a user with the role editor, acr mfa, signed in 16m ago, cannot "GET /keys": policy[2] (/keys/**) requires editor, acr mfa, signed in within 15m; change it or put a rule above it, or move this line to cannot',
  ],
  [
    conditional({ as: "signed-in", can: ["GET /old/x"] }),
    "tests[0].can[0]",
    'a user without a role cannot "GET /old/x": policy[3] (/old/**) denies it; put a rule above it, or move this line to cannot',
  ],
  [
    conditional({ as: "signed-in", can: [], cannot: ["GET /office"] }),
    "tests[0].cannot[0]",
    'policy[4] (/office/**) is for some networks only; write address: "192.0.2.7" beside as',
  ],
  [
    conditional({ as: "signed-in", address: "192.0.2.9", can: [], cannot: ["GET /office"] }),
    "tests[0].cannot[0]",
    'a user without a role can "GET /office": policy[4] (/office/**) allows signed-in, from 192.0.2.0/24; put a stricter rule above it, or move this line to can',
  ],
  [
    conditional({ as: "anonymous", can: [], cannot: ["GET /market"] }),
    "tests[0].cannot[0]",
    'policy[5] (/market/**) is for some countries only; write country: "DE" beside as',
  ],
  [
    conditional({ as: "signed-in", can: ["GET /late"] }),
    "tests[0].can[0]",
    'policy[6] (/late/**) holds at some times only; write at: "2026-12-01T09:00:00Z" beside as',
  ],
  [
    conditional({ as: "signed-in", at: "2026-12-01T09:00:00Z", can: ["GET /late"] }),
    "tests[0].can[0]",
    'a user without a role cannot "GET /late": policy[6] (/late/**) requires signed-in, 18:00-22:00 UTC; change it or put a rule above it, or move this line to cannot',
  ],
  [
    conditional({ as: "signed-in", address: "office" }),
    "tests[0].address",
    'write an IP address, such as "192.0.2.7" or "2001:db8::1"; it is "office"',
  ],
  [
    conditional({ as: "signed-in", country: "de" }),
    "tests[0].country",
    'write a country as ISO 3166 has it, such as "DE"; it is "de"',
  ],
  [
    conditional({ as: "signed-in", at: "tomorrow" }),
    "tests[0].at",
    'write a time in UTC, such as "2026-12-01T08:00:00Z"; it is "tomorrow"',
  ],
];
