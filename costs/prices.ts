/** AWS's public prices as data: on demand, first volume tier, us-east-1 for regional services. */

/** The date of this list. Update it when you have compared every price with its page. */
export const PRICES_READ = "2026-11-30";

export interface Price {
  service: string;
  /** The billed item. */
  what: string;
  dollars: number;
  /** How many of them the dollars buy. */
  per: number;
  /** How many a month are free, in every account and without an end date. The account shares them. */
  free?: number;
  page: string;
}

const MILLION = 1_000_000;
const CLOUDFRONT = { service: "CloudFront", page: "https://aws.amazon.com/cloudfront/pricing/" };
const EDGE_LAMBDA = { service: "Lambda@Edge", page: "https://aws.amazon.com/lambda/pricing/" };
const WAF = { service: "WAF", page: "https://aws.amazon.com/waf/pricing/" };
const DYNAMODB = { service: "DynamoDB", page: "https://aws.amazon.com/dynamodb/pricing/on-demand/" };
const SECRETS = { service: "Secrets Manager", page: "https://aws.amazon.com/secrets-manager/pricing/" };
const KMS = { service: "KMS", page: "https://aws.amazon.com/kms/pricing/" };
const SSM = { service: "Parameter Store", page: "https://aws.amazon.com/systems-manager/pricing/" };
const LAMBDA = { service: "Lambda", page: "https://aws.amazon.com/lambda/pricing/" };
const COGNITO = { service: "Cognito", page: "https://aws.amazon.com/cognito/pricing/" };
const S3 = { service: "S3", page: "https://aws.amazon.com/s3/pricing/" };
const CLOUDWATCH = { service: "CloudWatch", page: "https://aws.amazon.com/cloudwatch/pricing/" };

/** By meter. Requests and gigabytes of CloudFront are those of North America; see {@link REGIONS}. */
export const PRICES = {
  edgeRequests: { ...CLOUDFRONT, what: "HTTPS requests", dollars: 0.01, per: 10_000, free: 10 * MILLION },
  edgeGigabytes: { ...CLOUDFRONT, what: "GB to viewers", dollars: 0.085, per: 1, free: 1_024 },
  functionRuns: { ...CLOUDFRONT, what: "runs of the gate", dollars: 0.1, per: MILLION, free: 2 * MILLION },
  storeReads: { ...CLOUDFRONT, what: "KeyValueStore reads", dollars: 0.03, per: MILLION, free: 2 * MILLION },
  /** Reads and lists, too. */
  storeCalls: { ...CLOUDFRONT, what: "KeyValueStore API calls", dollars: 1, per: 1_000 },
  edgeInvocations: { ...EDGE_LAMBDA, what: "requests", dollars: 0.6, per: MILLION },
  edgeGigabyteSeconds: { ...EDGE_LAMBDA, what: "GB-seconds", dollars: 0.00005001, per: 1 },
  webAcls: { ...WAF, what: "web ACLs", dollars: 5, per: 1 },
  webAclRules: { ...WAF, what: "rules and rule groups", dollars: 1, per: 1 },
  webAclRequests: { ...WAF, what: "requests", dollars: 0.6, per: MILLION },
  /** Requests, once for each 500 capacity units or part of them above 1,500. */
  webAclCapacity: { ...WAF, what: "requests × 500 WCU above 1,500", dollars: 0.2, per: MILLION },
  /** Bot control and account takeover prevention. */
  paidRuleGroups: { ...WAF, what: "paid rule groups", dollars: 10, per: 1 },
  botRequests: { ...WAF, what: "requests, bot control (common)", dollars: 1, per: MILLION, free: 10 * MILLION },
  targetedBotRequests: { ...WAF, what: "requests, bot control (targeted)", dollars: 10, per: MILLION, free: MILLION },
  /** Standard table class: 1 KB. */
  writeUnits: { ...DYNAMODB, what: "write units", dollars: 0.625, per: MILLION },
  /** 4 KB, strongly consistent. */
  readUnits: { ...DYNAMODB, what: "read units", dollars: 0.125, per: MILLION },
  /** To a standard queue, polls included. */
  queueRequests: {
    service: "SQS",
    what: "requests",
    dollars: 0.4,
    per: MILLION,
    free: MILLION,
    page: "https://aws.amazon.com/sqs/pricing/",
  },
  secrets: { ...SECRETS, what: "secrets", dollars: 0.4, per: 1 },
  secretCalls: { ...SECRETS, what: "API calls", dollars: 0.05, per: 10_000 },
  keys: { ...KMS, what: "keys of yours", dollars: 1, per: 1 },
  keyRequests: { ...KMS, what: "requests", dollars: 0.03, per: 10_000, free: 20_000 },
  /** With an elliptic curve or a long RSA key; with RSA of 2,048 bits a fifth. Not in the free tier. */
  keySignatures: { ...KMS, what: "signatures", dollars: 0.15, per: 10_000 },
  advancedParameters: { ...SSM, what: "advanced parameters", dollars: 0.05, per: 1 },
  advancedParameterCalls: { ...SSM, what: "calls for advanced parameters", dollars: 0.05, per: 10_000 },
  invocations: { ...LAMBDA, what: "requests", dollars: 0.2, per: MILLION, free: MILLION },
  /** On x86. */
  gigabyteSeconds: { ...LAMBDA, what: "GB-seconds", dollars: 0.0000166667, per: 1, free: 400_000 },
  logGigabytes: { ...CLOUDWATCH, what: "GB of logs", dollars: 0.5, per: 1, free: 5 },
  /** Compressed. */
  storedGigabytes: { ...CLOUDWATCH, what: "GB of logs kept", dollars: 0.03, per: 1 },
  metrics: { ...CLOUDWATCH, what: "metrics of log lines", dollars: 0.3, per: 1, free: 10 },
  alarms: { ...CLOUDWATCH, what: "alarms", dollars: 0.1, per: 1, free: 10 },
  dashboards: { ...CLOUDWATCH, what: "dashboards", dollars: 3, per: 1, free: 3 },
  /** Recorded in a bucket. https://aws.amazon.com/cloudtrail/pricing/ */
  trailEvents: {
    service: "CloudTrail",
    what: "data events of the store",
    dollars: 0.1,
    per: 100_000,
    page: "https://aws.amazon.com/cloudtrail/pricing/",
  },
  /** Puts and lists. */
  archiveRequests: { ...S3, what: "requests of the archive", dollars: 0.005, per: 1_000 },
  /** S3 Standard. */
  archivedGigabytes: { ...S3, what: "GB of audit events kept", dollars: 0.023, per: 1 },
  poolUsers: { ...COGNITO, what: "active users, Essentials", dollars: 0.015, per: 1, free: 10_000 },
  plusPoolUsers: { ...COGNITO, what: "active users, Plus", dollars: 0.02, per: 1 },
  /** Queries for aliases of CloudFront are free. */
  hostedZones: {
    service: "Route 53",
    what: "hosted zones",
    dollars: 0.5,
    per: 1,
    page: "https://aws.amazon.com/route53/pricing/",
  },
} as const satisfies Record<string, Price>;

export type Meter = keyof typeof PRICES;

/** By the region of the viewers: dollars per 10,000 HTTPS requests and per GB of the first 10 TB. */
export const REGIONS = {
  "north-america": { edgeRequests: 0.01, edgeGigabytes: 0.085 },
  europe: { edgeRequests: 0.012, edgeGigabytes: 0.085 },
  "middle-east-africa": { edgeRequests: 0.012, edgeGigabytes: 0.11 },
  "south-america": { edgeRequests: 0.022, edgeGigabytes: 0.11 },
  japan: { edgeRequests: 0.012, edgeGigabytes: 0.114 },
  australia: { edgeRequests: 0.0125, edgeGigabytes: 0.114 },
  asia: { edgeRequests: 0.012, edgeGigabytes: 0.12 },
  india: { edgeRequests: 0.012, edgeGigabytes: 0.109 },
} as const;
export type Region = keyof typeof REGIONS;

/** Usage by meter. */
export type Usage = Partial<Record<Meter, number>>;

/** @param parts how often each happens */
export function sum(...parts: [count: number, usage: Usage][]): Usage {
  const total: Usage = {};
  for (const [count, usage] of parts)
    for (const [meter, amount] of entries(usage)) total[meter] = (total[meter] ?? 0) + count * amount;
  return total;
}

/** Without free tiers. */
export function dollars(usage: Usage): number {
  return entries(usage).reduce((total, [meter, amount]) => total + dollarsFor(meter, amount), 0);
}

export function dollarsFor(meter: Meter, amount: number, region: Region = "north-america"): number {
  const { dollars, per }: Price = { ...PRICES[meter] };
  const here: number = meter === "edgeRequests" || meter === "edgeGigabytes" ? REGIONS[region][meter] : dollars;
  return (amount * here) / per;
}

export function entries(usage: Usage): [Meter, number][] {
  return Object.entries(usage) as [Meter, number][];
}
