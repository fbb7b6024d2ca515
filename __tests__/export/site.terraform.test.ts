/** The exported module compiles by itself which file a request gets, as it does the policy. */
import { ruleArgument } from "../../export/policy-arguments";
import type { PolicyRule } from "../../policy/rule";
import { filesIn, type Place } from "../../sites/place";
import { siteSource } from "../../sites/source";
import { createRandom, type Random } from "../simulation/kernel/random";
import { describeWith } from "../support/tools";
import { modulePlace } from "./module-inputs";
import { valuesOf } from "./module-root";

const SITE = {
  files: ["policy.tf", "site.tf"],
  rest: {
    variable: { places: {} },
    locals: { site_places: "${var.places}" },
    output: { value: { value: "${local.site_source}" } },
  },
};
const FOLDERS: Place["site"] = { index: "index.html", spa: false };
const APP: Place["site"] = { index: "index.html", spa: true };
const SITES: Place["site"][] = [FOLDERS, APP, undefined, { index: false, spa: false }, { index: "~a._-", spa: true }];
const PATTERNS = ["/a", "/a*", "/a/*", "/*a", "/*/a", "/a*a", "/a/*/b/*", "/a*b*a", "/**a", "/*", "/ab*ba", "/*a*b*c"];
/** Exact ones first: a rule must not hide another. */
const PATHS = ["/favicon.ico", "/v1.2", "/docs", "/b.d/x", "/a.b/c", "/a/app.JS", "/x.t2~", "/.well-known", "/"];
const WILD_PATHS = ["/b.d/**", "/*/a.js", "/**"];

describeWith("terraform", "the site compiled by Terraform", (terraform) => {
  test("is the same text for 200 generated sites", () => {
    const random = createRandom(1);
    const sites = Array.from({ length: 200 }, () => generateSite(random));
    const expected = sites.map(({ places, policy }) => siteSource(places, filesIn(policy)));
    expect(new Set(expected).size).toBeGreaterThan(150);
    const inputs = sites.map(({ places, policy }) => ({
      places: places.map(modulePlace),
      policy: policy.map(ruleArgument),
    }));
    expect(valuesOf(terraform, SITE, inputs)).toEqual(expected);
  });
});

function generateSite(random: Random): { places: Place[]; policy: PolicyRule[] } {
  const behaviors = PATTERNS.filter(() => random.chance(0.3)).map((pattern) => ({ pattern, site: random.pick(SITES) }));
  const paths = [...PATHS.filter(() => random.chance(0.3)), ...WILD_PATHS.filter(() => random.chance(0.5))];
  return {
    places: [...behaviors, { pattern: "*", site: random.pick(SITES) }],
    policy: (paths.length > 0 ? paths : ["/**"]).flatMap((path) => rulesFor(path, random)),
  };
}

/** One rule, or two that name the same path. */
function rulesFor(path: string, random: Random): PolicyRule[] {
  if (random.chance(0.7)) return [{ path, allow: "public" }];
  return [
    { path, methods: ["GET"], allow: "public" },
    { path, methods: ["POST"], allow: "signed-in" },
  ];
}
