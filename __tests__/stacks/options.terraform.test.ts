/**
 * Every setting of a config is planned by itself, beside the few that a config must have: each in a module of its own
 * of one plan. All of them in one config: plan.terraform.test.ts.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { artifacts as shipped } from "../../build/artifacts";
import { parseConfig } from "../../config/load";
import { configSchema, type ConfigInput, type ManagedConfigInput } from "../../config/schema";
import { synthesize } from "../../stacks/synthesize";
import { EXISTING, SMALL } from "../support/small-config";
import { CONDITIONS, EVERYTHING, WITH_ASSERTIONS } from "../support/configs";
import { mockWebAcl } from "../support/mock-provider";
import { ORIGINS } from "../support/origins";
import { describeWithTerraform } from "../support/terraform";
import type { PartOfPlan } from "../support/terraform-modules";

/** Rules name providers, and providers grant roles of the rules. */
const PROVIDERS_AND_POLICY: Partial<ManagedConfigInput> = {
  identityProviders: EVERYTHING.identityProviders,
  policy: EVERYTHING.policy,
  requirements: EVERYTHING.requirements,
  alternateDomains: EVERYTHING.alternateDomains!,
  // Rules for one host: a bucket cannot tell hosts apart.
  origin: { type: "custom", domainName: "origin.example.com", open: true },
};

/** What a setting cannot do without. */
const COMPANY: Record<string, Partial<ManagedConfigInput>> = {
  hostedZones: { alternateDomains: EVERYTHING.alternateDomains! },
  // A certificate of its own, or the zone is needed for that.
  hostedZoneId: { certificateArn: EVERYTHING.certificateArn, hostedZoneId: undefined },
  eventTransmitters: PROVIDERS_AND_POLICY,
  accessTokens: { ...(PROVIDERS_AND_POLICY as Partial<ManagedConfigInput>), api: true },
  originSecret: { origin: ORIGINS["secret header"] },
  signInHook: PROVIDERS_AND_POLICY,
  maintenance: PROVIDERS_AND_POLICY,
  tests: PROVIDERS_AND_POLICY,
  identityProviders: {
    alternateDomains: EVERYTHING.alternateDomains!,
    policy: [{ path: "/**", allow: { roles: ["admin", "ops@example.com", "staff"] } }],
  },
  api: { origin: PROVIDERS_AND_POLICY.origin! },
  accessDenied: PROVIDERS_AND_POLICY,
  policy: {
    alternateDomains: EVERYTHING.alternateDomains!,
    origin: PROVIDERS_AND_POLICY.origin!,
    requirements: EVERYTHING.requirements,
    identityProviders: Object.fromEntries(
      ["staff", "corp"].map((id) => [id, { ...SMALL.identityProviders.main, roles: { grant: [] } }]),
    ),
  },
};

/** Settings that take something away. The config with everything has it. */
const TAKES_AWAY: Partial<ConfigInput> = { manageDns: false, attachDomains: false, dashboard: false };

/** Who is told that somebody asks for access; `EVERYTHING` has the other way. */
const TOLD = {
  lambda: { lambda: "arn:aws:lambda:us-east-1:111122223333:function:tickets" },
  url: { url: "https://tickets.example.com/gateway" },
};
const REQUIRED = ["name", "domain"];
/** Those that do not fit in, with what asks for them. */
const BESIDES: [setting: string, config: Partial<ManagedConfigInput>][] = [
  ["assertion", WITH_ASSERTIONS],
  ["accessDenied.requestHook, a function", { ...PROVIDERS_AND_POLICY, accessDenied: { requestHook: TOLD.lambda } }],
  ["accessDenied.requestHook, with everything", { ...EVERYTHING, accessDenied: { requestHook: TOLD.url } }],
  ["audit.archive.bucketArn", { audit: { archive: { bucketArn: "arn:aws:s3:::company-audit" } } }],
  ["assertion, with everything but functions", { ...EVERYTHING, ...WITH_ASSERTIONS, viewerRequest: undefined }],
];
/** Only the synth reads it. */
const NOT_DEPLOYED = ["requirements", "tests"];
const SETTINGS = Object.keys(configSchema.shape).filter(
  (key) =>
    !["session", "distribution"].includes(key) &&
    !REQUIRED.includes(key) &&
    !NOT_DEPLOYED.includes(key) &&
    !BESIDES.some(([name]) => name === key),
) as (keyof ConfigInput)[];
const SESSION_SETTINGS = Object.keys(configSchema.shape.session.unwrap().shape) as (keyof NonNullable<
  ConfigInput["session"]
>)[];

/** CloudFront can tell its requests the viewer's country. */
const BY_HOST = { type: "custom", domainName: "origin.example.com", host: "viewer", open: true } as const;

const ALONE: [setting: string, config: Partial<ConfigInput>][] = [
  ...SETTINGS.map((key): [string, Partial<ConfigInput>] => [
    key,
    { ...COMPANY[key], [key]: EVERYTHING[key], ...(key in TAKES_AWAY && { [key]: TAKES_AWAY[key] }) },
  ]),
  ...SESSION_SETTINGS.map((key): [string, Partial<ConfigInput>] => [
    `session.${key}`,
    { session: { [key]: EVERYTHING.session![key] } },
  ]),
  ...Object.entries(CONDITIONS).map(([name, allow]): [string, Partial<ConfigInput>] => [
    `policy.allow.${name}`,
    { origin: BY_HOST, policy: [{ path: "/teams/{team}/{user}", allow }] },
  ]),
  ...BESIDES,
  ...Object.entries(ORIGINS).map(([name, origin]): [string, Partial<ConfigInput>] => [`origin.${name}`, { origin }]),
];

const OF_THE_OWNER =
  /^aws_(acm_|route53_|wafv2_|s3_|cloudfront_(distribution|origin_access_control|vpc_origin)|cloudwatch_log_delivery)/;

/** Instead of a distribution that the gateway makes. */
const ATTACHED: [setting: string, config: Partial<ConfigInput>][] = [
  ["distribution: existing", EXISTING],
  ["distribution with its ID", { ...EXISTING, distribution: { id: "E2QWRUHAPOMQZL" } }],
  ["distribution: existing, with an origin secret", { ...EXISTING, originSecret: { send: true } }],
  ["distribution: existing, with assertions", { ...EXISTING, assertion: WITH_ASSERTIONS.assertion }],
];

test("the config with everything has every setting", () => {
  expect(
    [...SETTINGS, ...REQUIRED, ...NOT_DEPLOYED, "session", "distribution"].filter((key) => !(key in EVERYTHING)),
  ).toEqual([]);
  expect(SESSION_SETTINGS.filter((key) => !(key in EVERYTHING.session!))).toEqual([]);
});

describeWithTerraform("alone", (_open, planTogether) => {
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-options-"));
  afterAll(() => rmSync(outdir, { recursive: true }));
  const artifacts = shipped();
  const stackOf = (folder: string, more: Partial<ConfigInput>) =>
    synthesize(parseConfig({ ...SMALL, ...more }), { outdir: join(outdir, folder), artifacts }).stackDir;
  const read = (stackDir: string) => readFileSync(join(stackDir, "cdk.tf.json"), "utf8");
  const moduleOf = (setting: string) => setting.replace(/[^a-z]+/gi, "-");
  const texts: Record<string, string> = {};
  /** By setting: why there is nothing to plan. */
  const failures: Record<string, unknown> = {};
  let plans: Record<string, PartOfPlan>;

  beforeAll(() => {
    const without = stackOf("without", {});
    const stacks: Record<string, string> = { without };
    const webAcls = [webAclOf(without)];
    for (const [setting, more] of [...ALONE, ...ATTACHED]) {
      try {
        const stackDir = stackOf(setting, more);
        texts[setting] = read(stackDir);
        // Planning one takes longer than planning all the rest, so equal ones are planned once.
        const webAcl = webAclOf(stackDir);
        if (webAcls.some((planned) => isDeepStrictEqual(webAcl, planned))) mockWebAcl(stackDir);
        else webAcls.push(webAcl);
        stacks[moduleOf(setting)] = stackDir;
      } catch (error) {
        failures[setting] = error;
      }
    }
    plans = planTogether(stacks);
  });

  test("none of them is planned without a warning, web ACL included", () => {
    const { problems, changes } = plans["without"]!;
    expect(problems).toEqual([]);
    expect(changes["create"]).toContain("aws_wafv2_web_acl.web_acl");
  });

  test.each(ALONE)("%s is planned without a warning, and makes a difference", (setting) => {
    if (setting in failures) throw failures[setting];
    const { problems, changes } = plans[moduleOf(setting)]!;
    expect(problems).toEqual([]);
    expect(Object.keys(changes)).toEqual(["create"]);
    expect(changes["create"]).toContain("aws_cloudfront_distribution.gateway");
    // Without the policy, no rule would require what it requires.
    const company = { ...COMPANY[setting], ...(setting === "policy" && { requirements: {} }) };
    expect(texts[setting]).not.toBe(read(stackOf("without-it", company)));
  });

  test("tests of the policy leave the stack as it is", () => {
    expect(EVERYTHING.tests).not.toEqual([]);
    expect(read(stackOf("tests", { ...COMPANY["tests"], tests: EVERYTHING.tests! }))).toBe(
      read(stackOf("without-tests", COMPANY["tests"]!)),
    );
  });

  test("a requirement is what its rules would say themselves", () => {
    const { operators } = EVERYTHING.requirements!;
    const policy = EVERYTHING.policy.map((rule) =>
      typeof rule.allow === "object" && "require" in rule.allow ? { ...rule, allow: operators! } : rule,
    );
    expect(read(stackOf("requirements", PROVIDERS_AND_POLICY))).toBe(
      read(stackOf("without-requirements", { ...PROVIDERS_AND_POLICY, requirements: {}, policy })),
    );
  });

  test("the country is asked of CloudFront only if a rule compares it", () => {
    const policies = (setting: string) => [...texts[setting]!.matchAll(/CloudFront-Viewer-Country/g)].length;
    expect(policies("policy.allow.countries")).toBeGreaterThan(0);
    expect(policies("policy.allow.notCountries")).toBeGreaterThan(0);
    expect(policies("policy.allow.networks")).toBe(0);
  });

  test.each(ATTACHED)("%s is planned without a warning, and makes nothing of the distribution", (setting) => {
    if (setting in failures) throw failures[setting];
    const { problems, changes } = plans[moduleOf(setting)]!;
    expect(problems).toEqual([]);
    const types = new Set(changes["create"]!.map((address) => address.split(".")[0]!));
    expect([...types].filter((type) => OF_THE_OWNER.test(type))).toEqual([]);
    expect(types).toContain("aws_cloudfront_function");
    expect(types).toContain("aws_lambda_function");
  });

  test("audit.archive.bucketArn: events go to that bucket, and none is made", () => {
    const created = (setting: string) => plans[moduleOf(setting)]!.changes["create"]!;
    expect(created("audit").filter((address) => address.startsWith("aws_s3_bucket.audit"))).toHaveLength(1);
    const setting = "audit.archive.bucketArn";
    expect(created(setting).filter((address) => /^aws_s3_.*audit/.test(address))).toEqual([]);
    const { resource, output } = JSON.parse(texts[setting]!) as {
      resource: {
        aws_lambda_function: { audit: { environment: { variables: Record<string, string> } } };
        aws_iam_role_policy: { audit_permissions: { policy: string } };
      };
      output: { audit_bucket: { value: string } };
    };
    expect(output.audit_bucket.value).toBe("company-audit");
    expect(resource.aws_lambda_function.audit.environment.variables["ARCHIVE_BUCKET"]).toBe("company-audit");
    const { policy } = resource.aws_iam_role_policy.audit_permissions;
    expect(policy.match(/arn:aws:s3:::[^"\\]+/g)).toEqual([
      "arn:aws:s3:::company-audit/edgegate/wiki/*",
      "arn:aws:s3:::company-audit",
    ]);
  });

  test("without manageDns, only the records of the certificate are made, and the domain is attached", () => {
    expect(records("manageDns")).toEqual(['aws_route53_record.certificate_records["wiki.example.com"]']);
    expect(aliases("manageDns")).toEqual(["wiki.example.com"]);
  });

  test("without attachDomains, no distribution has the domain, but its certificate is there", () => {
    expect(records("attachDomains")).toEqual(['aws_route53_record.certificate_records["wiki.example.com"]']);
    expect(aliases("attachDomains")).toEqual([]);
    expect(plans["attachDomains"]!.changes["create"]).toContain(
      "aws_acm_certificate_validation.certificate_validation",
    );
  });

  const records = (setting: string) =>
    plans[setting]!.changes["create"]!.filter((address) => address.startsWith("aws_route53_record"));
  const aliases = (setting: string) =>
    (JSON.parse(texts[setting]!) as { resource: { aws_cloudfront_distribution: { gateway: { aliases: string[] } } } })
      .resource.aws_cloudfront_distribution.gateway.aliases;
});

function webAclOf(stackDir: string): object | undefined {
  const { resource } = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8")) as {
    resource: Record<string, object>;
  };
  return resource["aws_wafv2_web_acl"];
}
