import { parseConfig } from "../../config/load";
import type { Deployed } from "../../costs/deployed";
import { estimate, type Profile } from "../../costs/estimate";
import { PRICES, PRICES_READ } from "../../costs/prices";
import { KMS_KEY, SMALL } from "../support/small-config";

const DEPLOYED: Deployed = {
  webAcls: 1,
  webAclRules: 5,
  capacity: 1_000,
  secrets: 1,
  alarms: 8,
  trails: 0,
  archives: 0,
  countedLines: 3,
  dashboards: 1,
  queues: 2,
  window: 90,
  edgeMemory: 0.125,
  controlPlaneMemory: 0.25,
};
const NOBODY: Profile = {
  users: 0,
  requests: 0,
  gigabytes: 0,
  signIns: 0,
  renewals: 0,
  signOuts: 0,
  region: "north-america",
};

function bill({ config = {}, deployed = {}, settings = 1_000, profile = {} }: Partial<Parts> = {}) {
  const lines = estimate(parseConfig({ ...SMALL, ...config }), { ...DEPLOYED, ...deployed }, settings, {
    ...NOBODY,
    ...profile,
  });
  return Object.fromEntries(lines.map((line) => [line.meter, line]));
}
interface Parts {
  config: object;
  deployed: Partial<Deployed>;
  settings: number;
  profile: Partial<Profile>;
}

describe("the estimate", () => {
  test("of a gateway that nobody visits has only what is billed by the month, by schedules and by polls", () => {
    expect(Object.keys(bill()).sort()).toEqual(
      [
        ...["storeCalls", "webAcls", "webAclRules", "writeUnits", "readUnits", "queueRequests", "secrets"],
        ...["secretCalls", "invocations", "gigabyteSeconds", "metrics", "alarms", "dashboards", "hostedZones"],
      ].sort(),
    );
  });

  // Worked out by hand from the price list.
  test.each<[string, Partial<Parts>, string, number]>([
    ["a million requests in the United States", { profile: { requests: 1e6 } }, "edgeRequests", 1],
    [
      "a million requests in South America",
      { profile: { requests: 1e6, region: "south-america" } },
      "edgeRequests",
      2.2,
    ],
    ["1,000 GB in Asia", { profile: { gigabytes: 1_000, region: "asia" } }, "edgeGigabytes", 120],
    ["runs of the gate", { profile: { requests: 1e6 } }, "functionRuns", 0.1],
    ["what a bucket answers", { profile: { requests: 1e6 } }, "edgeInvocations", 0.06],
    [
      "what it answers without a cache",
      { config: { caching: "disabled" }, profile: { requests: 1e6 } },
      "edgeInvocations",
      0.6,
    ],
    [
      "the time that this takes",
      { profile: { requests: 1e6 } },
      "edgeGigabyteSeconds",
      1e5 * 0.01 * 0.125 * 0.00005001,
    ],
    ["reads of the store", { profile: { requests: 1e6 } }, "storeReads", 0.03],
    ["a web ACL", {}, "webAcls", 5],
    ["its rules", { deployed: { webAclRules: 9 } }, "webAclRules", 9],
    ["requests that it inspects", { profile: { requests: 1e6 } }, "webAclRequests", 0.6],
    ["1,501 WCU", { deployed: { capacity: 1_501 }, profile: { requests: 1e6 } }, "webAclCapacity", 0.2],
    ["2,001 WCU", { deployed: { capacity: 2_001 }, profile: { requests: 1e6 } }, "webAclCapacity", 0.4],
    // 30 days × 100 × (2 runs of a sign-in + 3 renewals).
    ["runs of the handler", { profile: { signIns: 100, renewals: 3 } }, "edgeInvocations", 0.009],
    // 30 × 100 × (0.6 s + 3 × 0.3 s) × 128 MB.
    [
      "its memory × time",
      { profile: { signIns: 100, renewals: 3 } },
      "edgeGigabyteSeconds",
      30 * 100 * 1.5 * 0.125 * 0.00005001,
    ],
    [
      "twice the memory",
      { deployed: { edgeMemory: 0.25 }, profile: { signIns: 100 } },
      "edgeGigabyteSeconds",
      30 * 100 * 0.6 * 0.25 * 0.00005001,
    ],
    // 2 queues × 5 polls × every 20 s.
    ["polls of the queues", {}, "queueRequests", (2 * 5 * 4_320 * 30 * 0.4) / 1e6],
    // Every day 2 for the sweep, and 2 for one rotation in 30 days.
    ["the store's API, idle", {}, "storeCalls", 0.062],
    // 960 batches and 288 tidies a day.
    ["the store's API, many sign-outs", { profile: { signOuts: 10_000 } }, "storeCalls", 0.062 + 30 * 1.248],
    // The same calls: 1,248, 2 for the sweep, and 2 for one rotation in 30 days.
    [
      "a trail of them",
      { deployed: { trails: 1 }, profile: { signOuts: 10_000 } },
      "trailEvents",
      30 * (1_248 + 2 + 2 / 30) * 1e-6,
    ],
    // 30 days × 24 hours × 13 requests.
    ["an archive's requests", { deployed: { archives: 1 } }, "archiveRequests", (30 * 24 * 13 * 0.005) / 1_000],
    // A year of 1,000 sign-ins a day: two lines of 400 bytes each, at 15 %.
    [
      "what it keeps",
      { config: { audit: { archive: true } }, deployed: { archives: 1 }, profile: { signIns: 1_000 } },
      "archivedGigabytes",
      ((1_000 * 2 * 400 * 365) / 1e9) * 0.15 * 0.023,
    ],
    ["a secret", {}, "secrets", 0.4],
    ["an advanced parameter", { settings: 4_097, profile: { signIns: 1 } }, "advancedParameters", 0.05],
    ["metrics", {}, "metrics", 0.9],
    ["alarms", {}, "alarms", 0.8],
    ["bot control", { config: { waf: { botControl: "common" } } }, "paidRuleGroups", 10],
    [
      "requests that it inspects",
      { config: { waf: { botControl: "common" } }, profile: { requests: 1e6 } },
      "botRequests",
      1,
    ],
    [
      "requests that it inspects closely",
      { config: { waf: { botControl: "targeted" } }, profile: { requests: 1e6 } },
      "targetedBotRequests",
      10,
    ],
    [
      "zones of single hosts",
      {
        config: {
          alternateDomains: ["docs.example.org"],
          hostedZones: { "docs.example.org": "Z0123456789ABCDEFGHIK" },
        },
      },
      "hostedZones",
      1,
    ],
    ["a hosted zone", {}, "hostedZones", 0.5],
    ["a key of yours", { config: { kmsKeyArn: "arn:aws:kms:us-east-1:111122223333:key/0a" } }, "keys", 1],
    [
      "a signature for each sign-in and renewal",
      {
        config: {
          identityProviders: {
            main: {
              ...SMALL.identityProviders.main,
              clientAuthentication: { method: "private_key_jwt", kmsKeys: [KMS_KEY] },
            },
          },
        },
        profile: { signIns: 1_000, renewals: 9 },
      },
      "keySignatures",
      30 * 0.15,
    ],
    ["a million log lines", { profile: { requests: 1e6 } }, "logGigabytes", 0.325],
  ])("counts %s", (_, parts, meter, dollars) => {
    expect(bill(parts)[meter]?.dollars).toBeCloseTo(dollars, 6);
  });

  test.each<[string, Partial<Parts>, string]>([
    [
      "hosted zone",
      { config: { hostedZoneId: undefined, certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/0a" } },
      "hostedZones",
    ],
    ["key of yours", {}, "keys"],
    ["advanced parameter", { settings: 4_096, profile: { signIns: 100 } }, "advancedParameters"],
    ["user pool", { profile: { users: 100 } }, "poolUsers"],
    ["web ACL", { deployed: { webAcls: 0, webAclRules: 0 }, profile: { requests: 1e6 } }, "webAclRequests"],
    ["capacity above 1,500", { deployed: { capacity: 1_500 }, profile: { requests: 1e6 } }, "webAclCapacity"],
  ])("has no line without what it is for: %s", (_, parts, meter) => {
    expect(bill(parts)[meter]).toBeUndefined();
  });

  test("counts the users of a pool that Terraform makes", () => {
    const withPool = (pool: object) => ({
      config: {
        identityProviders: {
          main: { profile: "cognito", pool: { domain: { prefix: "wiki-sign-in" }, ...pool }, roles: { grant: [] } },
        },
      },
      profile: { users: 12_000 },
    });
    expect(bill(withPool({}))["poolUsers"]).toMatchObject({ dollars: 180, free: 150 });
    expect(bill(withPool({ threatProtection: "audit" }))["plusPoolUsers"]).toMatchObject({ dollars: 240, free: 0 });
  });

  test("keeps the free tier apart, and takes off no more than there is", () => {
    const { edgeGigabytes, functionRuns, webAclRequests } = bill({ profile: { requests: 3e6, gigabytes: 10 } });
    expect(edgeGigabytes!.dollars).toBeCloseTo(0.85);
    expect(edgeGigabytes!.free).toBe(edgeGigabytes!.dollars);
    expect(functionRuns!.dollars).toBeCloseTo(0.3);
    expect(functionRuns!.free).toBeCloseTo(0.2);
    expect(webAclRequests!.free).toBe(0);
  });
});

test("every price names its page at AWS, and the list its date", () => {
  expect(PRICES_READ).toMatch(/^20\d\d-\d\d-\d\d$/);
  for (const { page } of Object.values(PRICES))
    expect(page).toMatch(/^https:\/\/aws\.amazon\.com\/[a-z0-9-]+\/pricing\//);
});
