/** Terraform refuses policies that would show a page of a bucket to others, and the synth's proof is the measure. */
import { sitesServeWhatIsDecided } from "../../config/site-checks";
import { parseConfig } from "../../config/load";
import type { Config } from "../../config/schema";
import { ruleArgument } from "../../export/policy-arguments";
import { sitePages, type SitePage } from "../../export/site-pages";
import { covers } from "../../policy/coverage";
import type { Allow, PolicyRule } from "../../policy/rule";
import { createRandom, type Random } from "../simulation/kernel/random";
import { SMALL } from "../support/small-config";
import { describeWith } from "../support/tools";
import { POLICY_FILES, valuesOf } from "./module-root";

const PAGES = {
  files: [...POLICY_FILES, "site-pages.tf"],
  rest: {
    variable: { pages: {} },
    locals: { site_pages: "${var.pages}" },
    output: { value: { value: "${local.site_page_problems}" } },
  },
};
const SERVER = { type: "custom", domainName: "origin.example.com", open: true };
const APP = { type: "s3", spa: true };

/** Configs with a policy that shows nothing to others, for their shape. */
const SITES: Record<string, object> = {
  "an application": { origin: APP },
  "an application beside an API": { origin: APP, behaviors: [{ path: "/api/*", origin: SERVER }] },
  "an application below a path": { origin: SERVER, behaviors: [{ path: "/app/*", origin: APP }] },
  "two applications": { origin: APP, behaviors: [{ path: "/app/*", origin: { ...APP, bucketName: "example-app" } }] },
  "a page for what is missing": { origin: { type: "s3", index: false, notFound: "/404.html" } },
  "both, below a path": {
    origin: SERVER,
    behaviors: [{ path: "/app/*", origin: { ...APP, notFound: "/app/404.html" } }],
  },
};
const shape = (site: object): Config =>
  parseConfig({
    ...SMALL,
    alternateDomains: ["docs.example.com"],
    ...site,
    policy: [{ path: "/**", allow: "public" }],
  });
const SHAPES = Object.values(SITES).map(shape);

interface Asked {
  config: Config;
  pages: SitePage[];
  policy: PolicyRule[];
}

const asked = (config: Config, policy: PolicyRule[]): Asked => ({ config, policy, pages: sitePages(config) });

/** Whether the synth finds that nobody is shown a page of others. */
function isProven({ config, policy }: Asked): boolean {
  return sitesServeWhatIsDecided({ ...config, policy }).length === 0;
}

describeWith("terraform", "the pages of a bucket, in Terraform", (terraform) => {
  const problemsOf = (all: readonly Asked[]) =>
    valuesOf(
      terraform,
      PAGES,
      all.map(({ policy, pages }) => ({ policy: policy.map(ruleArgument), pages })),
    ) as string[][];

  test("are shown to nobody but those who may open them: no policy passes that the synth refuses", () => {
    const random = createRandom(58);
    const all = Array.from({ length: 400 }, () => asked(random.pick(SHAPES), reachable(generateRules(random))));
    const problems = problemsOf(all);
    const passed = all.filter((_, i) => problems[i]!.length === 0);
    expect(passed.filter((each) => !isProven(each)).map(({ policy, pages }) => ({ policy, pages }))).toEqual([]);
    expect(passed.length).toBeGreaterThan(60);
    expect(all.filter((each) => !isProven(each)).length).toBeGreaterThan(60);
  });

  test.each<[string, Config, PolicyRule[], string[]]>([
    [
      "a site for people with a session, and more for some of its paths",
      SHAPES[0]!,
      [
        { path: "/favicon.ico", allow: "public" },
        { path: "/admin/**", allow: { roles: ["admin"] } },
        { path: "/internal/**", allow: "nobody" },
        { path: "/**", allow: "signed-in" },
      ],
      [],
    ],
    [
      "a public shell",
      SHAPES[0]!,
      [
        { path: "/index.html", allow: "public" },
        { path: "/", allow: "public" },
        { path: "/**", allow: { roles: ["staff"] } },
      ],
      [],
    ],
    [
      "an API that is open beside it",
      SHAPES[1]!,
      [
        { path: "/api/status/**", allow: "public" },
        { path: "/**", allow: "signed-in" },
      ],
      [],
    ],
    [
      "paths that are open, and are served a shell that is not",
      SHAPES[0]!,
      [
        { path: "/help/**", allow: "public" },
        { path: "/**", allow: "signed-in" },
      ],
      [
        "policy[0] (/help/**): /index.html is served in the place of paths without a file extension, and this rule lets in people who may not open it. Allow /index.html to them in one rule for all hosts, or export the module from a config with these rules.",
      ],
    ],
    [
      "a page for what is missing that one host protects",
      SHAPES[4]!,
      [
        { host: "docs.example.com", path: "/404.html", allow: { roles: ["admin"] } },
        { path: "/**", allow: "public" },
      ],
      [0, 1].map(
        (i) =>
          `policy[${i}] (${["/404.html", "/**"][i]}): /404.html is served in the place of missing files, and this rule lets in people who may not open it. Allow /404.html to them in one rule for all hosts, or export the module from a config with these rules.`,
      ),
    ],
  ])("%s", (_, config, policy, expected) => {
    expect(problemsOf([asked(config, policy)])).toEqual([expected]);
  });
});

const PATHS = [
  ...[
    "/",
    "/index.html",
    "/404.html",
    "/app",
    "/app/index.html",
    "/app/404.html",
    "/app/x",
    "/app/a.js",
    "/favicon.ico",
  ],
  ...[
    "/api/**",
    "/api/*",
    "/app/**",
    "/app/*",
    "/app/*/**",
    "/*",
    "/*/x",
    "/*/index.html",
    "/x/**",
    "/v1.2",
    "/{user}/**",
  ],
  ...["/**", "/**", "/**"],
];
const ALLOWS: Allow[] = [
  ...(["public", "public", "signed-in", "signed-in", "nobody"] as const),
  { roles: ["admin"] },
  { roles: ["admin"], idp: ["main"] },
  [{ public: true, networks: ["192.0.2.0/24"] }, { roles: ["admin"] }],
  { acr: ["mfa"] },
  { owner: "user" },
];

function generateRules(random: Random): PolicyRule[] {
  const favorites = [random.pick(ALLOWS), random.pick(ALLOWS)];
  return Array.from({ length: random.whole(1, 5) }, (): PolicyRule => {
    const path = random.pick(PATHS);
    const allow = random.pick(random.chance(0.7) ? favorites : ALLOWS);
    const isOwner = typeof allow === "object" && "owner" in allow;
    return {
      path,
      allow: isOwner && !path.includes("{user}") ? "signed-in" : allow,
      ...(random.chance(0.1) && { host: "docs.example.com" }),
      ...(random.chance(0.15) && { methods: random.pick<PolicyRule["methods"]>([["GET"], ["HEAD"], ["POST"]]) }),
      ...(random.chance(0.1) && { escapes: true }),
    };
  });
}

/** Without rules that can never match, which Terraform refuses before anything else. */
function reachable(rules: readonly PolicyRule[]): PolicyRule[] {
  const left: PolicyRule[] = [];
  for (const rule of rules) if (!left.some((earlier) => covers(earlier, rule))) left.push(rule);
  return left;
}
