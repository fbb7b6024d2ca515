/** Mistakes in the rules of a policy: their paths, methods, hosts, and whom they allow. */
import { ALLOW, HOST, ROLE, UNKNOWN, custom, rule, type Mistake } from "../small-config";

export const POLICY_MISTAKES: Mistake[] = [
  [
    { policy: undefined },
    "policy",
    'write a list of rules, such as [{ path: "/**", allow: "signed-in" }]; it is missing',
  ],
  [{ policy: {} }, "policy", 'write a list of rules, such as [{ path: "/**", allow: "signed-in" }]; it is {}'],
  [
    { policy: [] },
    "policy",
    'write at least one rule, such as { path: "/**", allow: "signed-in" }; what no rule matches is denied; it is []',
  ],
  [{ policy: ["/admin"] }, "policy[0]", 'write an object; it is "/admin"'],
  [rule({ path: undefined }), "policy[0].path", 'write a path pattern, such as "/admin/**"; it is missing'],
  [rule({ path: "admin" }), "policy[0].path", 'start the pattern with "/", such as "/admin/**"; it is "admin"'],
  ...["/a/", "/a//b", "//"].map((path): Mistake => [
    rule({ path }),
    "policy[0].path",
    `write each segment once, without "//" and without a trailing "/": a trailing slash never changes a decision; it is "${path}"`,
  ]),
  [
    rule({ path: "/**/a" }),
    "policy[0].path",
    '"**" may only be the last segment; write "*" for one segment; it is "/**/a"',
  ],
  [
    rule({ path: "/a/b*/c" }),
    "policy[0].path",
    '"b*" mixes "*" with other characters; a "*" stands for a whole segment; it is "/a/b*/c"',
  ],
  ...["/api*", "/v1/api*"].map((path): Mistake => [
    rule({ path }),
    "policy[0].path",
    `"api*" mixes "*" with other characters; write "${path.slice(0, -1)}/**" for "${path.slice(0, -1)}" and everything below; it is "${path}"`,
  ]),
  [
    rule({ path: "/*.png" }),
    "policy[0].path",
    '"*.png" mixes "*" with other characters; a "*" stands for a whole segment; it is "/*.png"',
  ],
  [
    rule({ path: "/***" }),
    "policy[0].path",
    '"***" mixes "*" with other characters; a "*" stands for a whole segment; it is "/***"',
  ],
  ...["a b", "%61", "ü", "a;b", 'a"b', "a$", "a\\b"].map((name): Mistake => [
    rule({ path: `/x/${name}` }),
    "policy[0].path",
    `"${name}" has characters that a request may also write as %XX; use letters, digits and . _ ~ - or "*"; it is ${JSON.stringify(`/x/${name}`)}`,
  ]),
  ...["/..", "/a/./b", "/a/../b"].map((path): Mistake => [
    rule({ path }),
    "policy[0].path",
    `dot segments never reach the policy; leave them out; it is "${path}"`,
  ]),
  [rule({ methods: "GET" }), "policy[0].methods", 'write a list; it is "GET"'],
  [rule({ methods: [] }), "policy[0].methods", "name a method or leave methods out; it is []"],
  [
    rule({ methods: ["GET", "get"] }),
    "policy[0].methods[1]",
    'write methods from GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS; it is "get"',
  ],
  [rule({ allow: undefined }), "policy[0].allow", `${ALLOW}; it is missing`],
  [rule({ allow: "everybody" }), "policy[0].allow", `${ALLOW}; it is "everybody"`],
  [rule({ allow: { role: "admin" } }), "policy[0].allow.role", UNKNOWN],
  [rule({ allow: { roles: [] } }), "policy[0].allow.roles", 'name a role, or write allow: "signed-in"; it is []'],
  ...["", " ", " a", "a ", "a\u00a0b", "a\u200bb", "a\u202eb", "\ud800", "x".repeat(257)].map((name): Mistake => [
    rule({ allow: { roles: ["admin", name] } }),
    "policy[0].allow.roles[1]",
    `${ROLE}${name.length > 60 ? "" : `; it is ${JSON.stringify(name)}`}`,
  ]),
  [rule({ escapes: "yes" }), "policy[0].escapes", 'write true or false; it is "yes"'],
  [rule({ preflight: true }), "policy[0].preflight", 'write "pass" or leave it out; it is true'],
  [rule({ method: "GET" }), "policy[0].method", UNKNOWN],
  [rule({ host: "Wiki" }), "policy[0].host", `${HOST}; it is "Wiki"`],
  [
    rule({ host: "other.example.com" }),
    "policy[0].host",
    '"other.example.com" is not served; write wiki.example.com, or add it to alternateDomains',
  ],
  [
    { ...rule({ host: "other.example.com" }), alternateDomains: ["docs.example.com"] },
    "policy[0].host",
    '"other.example.com" is not served; write wiki.example.com or docs.example.com, or add it to alternateDomains',
  ],
  [
    {
      alternateDomains: ["docs.example.com"],
      policy: [
        { host: "docs.example.com", path: "/guide/**", allow: "public" },
        { path: "/**", allow: "signed-in" },
      ],
      origin: { type: "s3" },
    },
    "policy[1]",
    '"/guide" is for signed-in on wiki.example.com and for public on docs.example.com, but the bucket of origin gets the same request for both; allow it to the same people on all hosts, or give each host paths of its own',
  ],
  [
    {
      alternateDomains: ["docs.example.com"],
      policy: [
        { host: "docs.example.com", path: "/prices/**", allow: "public" },
        { path: "/**", allow: "signed-in" },
      ],
      ...custom({}),
      behaviors: [{ path: "/prices/*", origin: custom({}).origin, caching: "optimized" }],
    },
    "policy[1]",
    '"/prices" is for signed-in on wiki.example.com and for public on docs.example.com, but behaviors[0].origin is cached by path alone; write host: "viewer" there to cache by host; allow it to the same people on all hosts, or give each host paths of its own',
  ],
  [
    rule({ path: "/_gate/me/**" }),
    "policy[0].path",
    "/_gate is reserved for the gateway's own endpoints; remove the rule",
  ],
  [
    { ...rule({ path: "/_door/**" }), basePath: "/_door" },
    "policy[0].path",
    "/_door is reserved for the gateway's own endpoints; remove the rule",
  ],
];
