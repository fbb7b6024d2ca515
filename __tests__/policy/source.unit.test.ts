/** The generated policy, run as the gate runs it, against what its rules mean. */
import { parseConfig } from "../../config/load";
import type { CompiledPolicy } from "../../policy/requirement-text";
import { rolesOf, type PolicyRule } from "../../policy/rule";
import { policySource } from "../../policy/source";

const HOST = "app.example.com";
const OTHER = "docs.example.com";
const STAFF = { roles: ["staff"] };

function compile(rules: readonly PolicyRule[]): CompiledPolicy {
  return new Function(`${policySource(rules)};return policy`)() as CompiledPolicy;
}

/**
 * Method and path of a request (`HOST` where no host is written before it), and what the policy requires; "-" is no
 * rule.
 */
type Decisions = Record<string, string>;

function decide(policy: CompiledPolicy, request: string): string {
  const [method, target, preflight] = request.split(" ") as [string, string, string?];
  const host = target.startsWith("/") ? HOST : target.slice(0, target.indexOf("/"));
  return policy(host, method, target.slice(target.indexOf("/")).split("/"), preflight === "preflight") ?? "-";
}

const POLICIES: [name: string, rules: PolicyRule[], decisions: Decisions][] = [
  ["no rule", [], { "GET /": "-", "GET /a": "-" }],
  ["the root", [{ path: "/", allow: "public" }], { "GET /": "*", "GET /a": "-", "GET /a/": "-" }],
  [
    "everything",
    [{ path: "/**", allow: "signed-in" }],
    { "GET /": "+", "GET /a": "+", "GET /a/b/c/": "+", "PURGE /": "+" },
  ],
  ["one segment", [{ path: "/*", allow: "public" }], { "GET /": "-", "GET /a": "*", "GET /a/": "*", "GET /a/b": "-" }],
  ["one segment or more", [{ path: "/*/**", allow: "public" }], { "GET /": "-", "GET /a": "*", "GET /a/b": "*" }],
  [
    "an exact path",
    [{ path: "/a/b", allow: "public" }],
    {
      "GET /a/b": "*",
      "GET /a/b/": "*",
      "GET /a": "-",
      "GET /a/": "-",
      "GET /a/b/c": "-",
      "GET /a/bc": "-",
      "GET /A/b": "-",
      "GET /x/a/b": "-",
    },
  ],
  [
    "an area",
    [{ path: "/a/**", allow: "public" }],
    { "GET /a": "*", "GET /a/": "*", "GET /a/b/c": "*", "GET /ab": "-", "GET /b/a": "-" },
  ],
  [
    "an area below a segment",
    [{ path: "/a/b/**", allow: "public" }],
    { "GET /a": "-", "GET /a/b": "*", "GET /a/b/": "*", "GET /a/b/c": "*", "GET /a/bc": "-" },
  ],
  [
    "the children of an area",
    [{ path: "/a/*", allow: "public" }],
    { "GET /a": "-", "GET /a/": "-", "GET /a/b": "*", "GET /a/b/": "*", "GET /a/b/c": "-" },
  ],
  [
    "what is below an area",
    [{ path: "/a/*/**", allow: "public" }],
    { "GET /a": "-", "GET /a/": "-", "GET /a/b": "*", "GET /a/b/c": "*" },
  ],
  [
    "a name behind any segment",
    [{ path: "/*/edit", allow: "public" }],
    {
      "GET /a/edit": "*",
      "GET /a/edit/": "*",
      "GET /edit": "-",
      "GET /a/b/edit": "-",
      "GET /a/edit/b": "-",
      "GET /a/editor": "-",
    },
  ],
  [
    "segments between names",
    [{ path: "/a/*/b/*", allow: "public" }],
    {
      "GET /a/x/b/y": "*",
      "GET /a/x/b/y/": "*",
      "GET /a/x/b": "-",
      "GET /a/x/b/": "-",
      "GET /a/b/y": "-",
      "GET /a/x/c/y": "-",
    },
  ],
  [
    "methods",
    [
      { path: "/a", methods: ["GET"], allow: "public" },
      { path: "/a", methods: ["POST", "DELETE"], allow: "signed-in" },
      { path: "/b", methods: ["HEAD"], allow: "public" },
      { path: "/c", methods: ["GET", "HEAD", "POST"], allow: "public" },
    ],
    {
      "GET /a": "*",
      "HEAD /a": "*",
      "POST /a": "+",
      "DELETE /a": "+",
      "PUT /a": "-",
      "OPTIONS /a": "-",
      "get /a": "-",
      "GET /b": "-",
      "HEAD /b": "*",
      "HEAD /c": "*",
      "POST /c": "*",
    },
  ],
  [
    "the first match",
    [
      { path: "/a/x", allow: "public" },
      { path: "/a/**", allow: STAFF },
      { path: "/b/x", allow: "public" },
      { path: "/a/y", allow: "public" },
    ],
    { "GET /a/x": "*", "GET /a/y": "staff", "GET /a/z": "staff", "GET /b/x": "*", "GET /b/y": "-" },
  ],
  [
    "wildcards between names, in the order of the rules",
    [
      { path: "/a/**", allow: STAFF },
      { path: "/b/x", allow: "public" },
      { path: "/*/x", allow: "signed-in" },
      { path: "/a/x", allow: "public" },
      { path: "/c/**", allow: "public" },
      { path: "/**", methods: ["GET"], allow: "signed-in" },
      { path: "/d/**", allow: "public" },
      { path: "/b/**", allow: { roles: ["late"] } },
    ],
    {
      ...{ "GET /a/x": "staff", "GET /b/x": "*", "GET /c/x": "+", "GET /c/y": "*", "GET /d/x": "+", "GET /d/y": "+" },
      ...{ "POST /d/y": "*", "POST /b/y": "late", "GET /b/y": "+", "POST /b/x": "*", "POST /e": "-", "GET /e": "+" },
    },
  ],
  [
    "rules of one host among rules of all",
    [
      { host: OTHER, path: "/a", allow: "public" },
      { path: "/a", allow: STAFF },
      { path: "/b", allow: "signed-in" },
      { host: OTHER, path: "/b", allow: "public" },
      { host: OTHER, path: "/c", allow: "public" },
      { host: HOST, path: "/d", allow: "public" },
    ],
    {
      ...{ "GET /a": "staff", "GET /b": "+", "GET /c": "-", "GET /d": "*" },
      ...{ [`GET ${OTHER}/a`]: "*", [`GET ${OTHER}/b`]: "+", [`GET ${OTHER}/c`]: "*", [`GET ${OTHER}/d`]: "-" },
      ...{ "GET third.example.com/a": "staff", "GET third.example.com/c": "-" },
    },
  ],
  [
    "roles",
    [
      { path: "/a", allow: { roles: ["admin"] } },
      { path: "/b", allow: { roles: ["staff", "ops@example.com", "team:a/b.c-d"] } },
      { path: "/c", allow: { roles: ["Ärzte", "Domain Users"] } },
      { path: "/d", allow: { roles: ["/staff", "cn=a,ou=b"], idp: ["main"] }, escapes: true },
      { path: "/e", allow: { roles: ["*"] } },
      { path: "/f", allow: { roles: ["+", "a!b"] } },
      { path: "/g", allow: { roles: ["?"] } },
    ],
    {
      ...{ "GET /a": "admin", "GET /b": "staff!ops@example.com!team:a/b.c-d", "GET /c": "%C3%84rzte!Domain%20Users" },
      ...{ "GET /d": "?main=/staff!cn%3Da%2Cou%3Db", "GET /e": "%2A", "GET /f": "%2B!a%21b", "GET /g": "%3F" },
    },
  ],
  [
    "escapes",
    [
      { path: "/a", allow: "public", escapes: true },
      { path: "/b", allow: "signed-in", escapes: true },
      { path: "/c", allow: { roles: ["x", "y"] }, escapes: true },
      { path: "/d", allow: "public", escapes: false },
    ],
    { "GET /a": "?*", "GET /b": "?+", "GET /c": "?x!y", "GET /d": "*" },
  ],
  [
    "preflights",
    [
      { path: "/api/**", methods: ["GET"], allow: STAFF, preflight: "pass" },
      { path: "/files/**", allow: "signed-in", preflight: "pass", escapes: true },
      { path: "/deep/x", methods: ["POST"], allow: STAFF, preflight: "pass" },
      { path: "/**", allow: "signed-in" },
    ],
    {
      ...{ "OPTIONS /api/x preflight": "*", "OPTIONS /api/x": "+", "GET /api/x": "staff", "POST /api/x": "+" },
      ...{
        "OPTIONS /files/x preflight": "?*",
        "OPTIONS /files/x": "?+",
        "OPTIONS /other preflight": "+",
        "OPTIONS /apix preflight": "+",
      },
      ...{ "OPTIONS /deep/x preflight": "*", "OPTIONS /deep/y preflight": "+", "OPTIONS /deep/x": "+" },
    },
  ],
  [
    "names of the language",
    [
      { path: "/constructor", allow: "public" },
      { path: "/__proto__/**", allow: STAFF },
      { path: "/default", allow: "public" },
    ],
    {
      "GET /constructor": "*",
      "GET /__proto__/x": "staff",
      "GET /default": "*",
      "GET /toString": "-",
      "GET /hasOwnProperty": "-",
    },
  ],
];

describe.each(POLICIES)("a policy with %s", (_, rules, decisions) => {
  const policy = compile(rules);

  test.each(Object.entries(decisions))("%s requires %s", (request, requirement) => {
    expect(decide(policy, request)).toBe(requirement);
  });
});

describe("a hundred rules", () => {
  const rules = Array.from({ length: 100 }, (_, i): PolicyRule => ({
    path: `/area-${i % 40}/${i}/**`,
    allow: { roles: [`role-${i}`] },
  }));
  const policy = compile([...rules, { path: "/area-1/**", allow: "public" }]);

  test("each decide about their own area", () => {
    const decisions = rules.map((_, i) => decide(policy, `GET /area-${i % 40}/${i}/x`));
    expect(decisions).toEqual(rules.map((_, i) => `role-${i}`));
    expect([
      decide(policy, "GET /area-1/99"),
      decide(policy, "GET /area-2/99"),
      decide(policy, "GET /area-40/1"),
    ]).toEqual(["*", "-", "-"]);
  });
});

describe("the text", () => {
  /** As large a charset as the config lets through. */
  const odd = parseConfig({
    name: "odd",
    domain: HOST,
    alternateDomains: ["xn--bcher-kva.example.com"],
    hostedZoneId: "Z0123456789ABCDEFGHIJ",
    identityProviders: { main: { issuer: "https://login.example.com", clientId: "c" } },
    origin: { type: "s3" },
    policy: [
      {
        host: "xn--bcher-kva.example.com",
        path: "/~a.b_c-d/*/E/**",
        methods: ["GET", "PATCH"],
        allow: { roles: ["A.b_c:d@e/f-g", "Ärzte", "${x}%{y}$${z}", "a\"b\\c'd`e", "東京 😀"] },
        escapes: true,
        preflight: "pass",
      },
      { path: "/.well-known/**", allow: "public" },
    ],
  }).policy;

  test("is plain ASCII in which Terraform and JavaScript find nothing to replace", () => {
    expect(policySource(odd)).toMatch(/^[\n -~]+$/);
    expect(policySource(odd)).not.toMatch(/[$%]\{|\\|`|\$/);
  });

  test("is the same for the same rules, and another for another order", () => {
    expect(policySource(odd)).toBe(policySource(JSON.parse(JSON.stringify(odd)) as PolicyRule[]));
    expect(policySource([...odd].reverse())).not.toBe(policySource(odd));
  });

  // The form is a contract: expressions of HCL build it from the same rules.
  test("is a switch on the first segment, in which names with the same rules share a case", () => {
    const rules: PolicyRule[] = [
      { path: "/", allow: "public" },
      { path: "/a/**", allow: STAFF },
      { path: "/b/x", methods: ["GET"], allow: "signed-in" },
      { path: "/c/**", allow: STAFF },
    ];
    expect(policySource(rules)).toBe(
      `function policy(h,m,s,p){\nswitch(s[1]){\ncase"":if(!s[2])return"*";break\ncase"a":case"c":return"staff"\n` +
        `case"b":if(s[2]=="x"&&!s[3]&&(m=="GET"||m=="HEAD"))return"+";break\n}\n}`,
    );
  });

  test("has a switch on the host where rules of single hosts stand, and shared rules once", () => {
    const rules: PolicyRule[] = [
      { host: OTHER, path: "/*/y", allow: "public", preflight: "pass" },
      { host: HOST, path: "/a/**", allow: STAFF },
      { path: "/b/**", allow: "signed-in" },
      { host: OTHER, path: "/**", allow: STAFF },
      { host: HOST, path: "/**", allow: STAFF },
    ];
    expect(policySource(rules)).toBe(
      `function policy(h,m,s,p){\nswitch(h){\n` +
        `case"${OTHER}":\nif(p&&s[2]=="y"&&!s[3])return"*";if(s[2]=="y"&&!s[3])return"*"\nbreak\n` +
        `case"${HOST}":\nswitch(s[1]){\ncase"a":return"staff"\n}\nbreak\n}\n` +
        `switch(s[1]){\ncase"b":return"+"\n}\n` +
        `switch(h){\ncase"${OTHER}":case"${HOST}":\nreturn"staff"\nbreak\n}\n}`,
    );
  });
});

test("the roles of a policy are sorted, and each is there once", () => {
  expect(
    rolesOf([
      { path: "/a", allow: { roles: ["b", "a"] } },
      { path: "/b", allow: "public" },
      { path: "/c", allow: { roles: ["a", "C"] } },
    ]),
  ).toEqual(["C", "a", "b"]);
});

test("the claims of a requirement have the order of their names, which is that of maps in Terraform", () => {
  const claims = { plan: ["pro", "a"], "7": ["x"], Office: ["y"] };
  expect(policySource([{ path: "/**", allow: { claims } }])).toBe(
    'function policy(h,m,s,p){\nreturn"&claim=7!x&claim=Office!y&claim=plan!pro!a"\n}',
  );
});
