/** Mistakes in `tests`, and expectations that a policy does not meet. */
import { identityProvider, SMALL, type Mistake } from "./small-config";

const AS = 'write "anonymous", "signed-in", or { roles: ["editor"], idp: "main" }';
const EDITORS = [
  { path: "/docs/**", methods: ["GET"], allow: "public" },
  { path: "/admin/**", allow: { roles: ["editor"] } },
];
/** One expectation of the policy above. */
const expected = (as: unknown, more: object) => ({ policy: EDITORS, tests: [{ as, ...more }] });

export const POLICY_TESTS: Mistake[] = [
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
];
