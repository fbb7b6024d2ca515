/** Mistakes in the module's `policy` and `maintenance`, and what Terraform says about them. */
import { ConfigError, parseConfig } from "../../config/load";
import { ruleArgument, type PolicyArguments } from "../../export/policy-arguments";
import { SMALL } from "../support/small-config";

/** What the person writes, and what Terraform prints, one line for each problem. */
export type ModuleMistake = [written: Partial<PolicyArguments>, problems: string[]];

const RULE = { path: "/**", allow: "signed-in" };

/** Mistakes that a config can have, too: the module says the same. */
const IN_CONFIG: Record<string, unknown>[] = [
  ...["", "admin", "/a/", "/a//b", "//", "/**/a", "/a/b*/c", "/api*", "/v1/api*", "/*.png", "/***", "/**a"],
  ...[
    "/x/a b",
    "/x/%61",
    "/x/ü",
    "/x/a;b",
    '/x/a"b',
    "/x/a$",
    "/x/${a}",
    "/x/a\\b",
    "/x\t",
    "/..",
    "/a/./b",
    "/a/../b",
  ],
  ...[
    "/{User}",
    "/{}",
    "/a{b}",
    "/{a}b",
    "/{a",
    "/a}/b",
    "/{a-b}/c d",
    "/{a.b}/**",
    "/{user}/{user}",
    "/{a}/{b}/{b}/{a}",
  ],
  ...["/{user}/a b", "/{user}/api*", "/{user}/..", "/{a}/*.png", `/{${"x".repeat(33)}}`],
].map((path) => ({ path }));
IN_CONFIG.push(
  ...["Wiki", "wiki", "*.example.com", "https://a.example.com", "a.example.com:443", "192.0.2.1", ""].map((host) => ({
    host,
  })),
  { methods: [] },
  { methods: ["GET", "get"] },
  { methods: ["TRACE"] },
  { allow: { roles: [] } },
  { allow: { idp: [] } },
  ...["", " ", " a", "a ", "a\u00a0b", "a\u200bb", "a\u202eb", "a\nb", "\u{10fffd}"].map((name) => ({
    allow: { roles: ["admin", name] },
  })),
  ...["Main", "1", "a_b", "x".repeat(31)].map((id) => ({ allow: { idp: ["main", id] } })),
  { preflight: "fail" },
  { preflight: "" },
);

const ALLOW =
  'policy[0]: write allow = "public", allow = "signed-in" or allow = "nobody", or in its place roles = ["admin"], idp = ["main"] or both, conditions = [{ all_roles = ["admin", "staff"] }], or require = "name".';

/** What can only be written in the module, or is said in other words. */
const IN_MODULE: ModuleMistake[] = [
  [{ policy: [] }, [spelledInHcl("policy", messagesOf({ policy: [] })[0]![1])]],
  ...[
    {},
    { allow: "everybody" },
    { allow: "" },
    { allow: "public", roles: ["admin"] },
    { allow: "signed-in", idp: ["main"] },
    { allow: "public", roles: ["admin"], idp: ["main"] },
    { allow: "nobody", conditions: [{ roles: ["admin"] }] },
    { roles: ["admin"], conditions: [{ acr: ["mfa"] }] },
    { idp: ["main"], require: "staff" },
    { conditions: [{ acr: ["mfa"] }], require: "staff" },
  ].map((rule): ModuleMistake => [{ policy: [{ path: "/**", ...rule }] }, [ALLOW]]),
  [
    { policy: [{ path: "/**", roles: ["admin"], idp: [] }] },
    ["policy[0].idp: name an identity provider, or leave idp out; it is []."],
  ],
  [
    { policy: [{ path: "/**", roles: ["x".repeat(257)] }] },
    [
      `policy[0].roles[0]: write the name of a role, such as "admin" or "Domain Users": 1 to 256 visible characters, with no space at its ends; it is "${"x".repeat(257)}".`,
    ],
  ],
  [
    { policy: [{ path: "a", allow: "public" }, RULE, { path: "b", allow: "public" }] },
    [
      'policy[0].path: start the pattern with "/", such as "/admin/**"; it is "a".',
      'policy[2].path: start the pattern with "/", such as "/admin/**"; it is "b".',
    ],
  ],
  ...["tomorrow", "2026-12-01", "2026-12-01T08:00:00", "2026-02-30T08:00:00Z", ""].map((until): ModuleMistake => [
    { policy: [RULE], maintenance: { until } },
    ['maintenance.until: write a time with its zone, such as "2026-12-01T08:00:00Z".'],
  ]),
  ...["", "x".repeat(501), "a\nb", "a\u200bb"].map((message): ModuleMistake => [
    { policy: [RULE], maintenance: { message } },
    ["maintenance.message: write 1 to 500 visible characters, or leave message out."],
  ]),
  [
    { policy: [{ path: null, allow: "public" }] },
    ['policy[0].path: start the pattern with "/", such as "/admin/**"; it is null.'],
  ],
  [
    { policy: [RULE], maintenance: { roles: [null] } },
    ['maintenance.roles[0]: no rule of the policy requires "null"; remove it.'],
  ],
  [{ policy: [RULE], maintenance: { roles: [] } }, ["maintenance.roles: name a role, or leave roles out."]],
  [
    { policy: [RULE], maintenance: { roles: ["R&D"] } },
    ['maintenance.roles[0]: no rule of the policy requires "R&D"; remove it.'],
  ],
  [
    { policy: [{ path: "/**", roles: ["b", "a"] }], maintenance: { roles: ["a", "ops"] } },
    ['maintenance.roles[1]: no rule of the policy requires "ops"; write a or b.'],
  ],
];

export const MISTAKES: ModuleMistake[] = [
  ...IN_CONFIG.map((part): ModuleMistake => {
    const rule = { ...RULE, ...part };
    const problems = messagesOf({ policy: [rule] }).map(([path, message]) => spelledInHcl(path, message));
    return [{ policy: [ruleArgument(rule as never)] }, problems];
  }),
  ...IN_MODULE,
];

/** Paths and messages of a config's problems. */
export function messagesOf(part: Record<string, unknown>): [path: string, message: string][] {
  try {
    parseConfig({ ...SMALL, ...part });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ path, message }) => [path, message]);
  }
}

/** The line of a problem, as the module says it: with HCL's `=` in what to write, and without `allow` around lists. */
export function spelledInHcl(path: string, message: string): string {
  const place = path.replace(".allow.", ".");
  return `${place}: ${message.replace(/\b(allow|path): "/g, '$1 = "')}.`;
}
