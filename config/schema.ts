/**
 * The config: one typed object that drives stacks, local edge and docs. Values that become source text or headers are
 * limited to characters that need no escaping there.
 */
import { z } from "zod";
import { accessDenied } from "./access-denied";
import { EMAIL_CLAIM } from "../policy/requirement-text";
import { METHODS, type PolicyRule } from "../policy/rule";
import { assertion } from "./assertion";
import { accessTokens } from "./access-tokens";
import { api } from "./api";
import { audit } from "./audit";
import { allow, requirements } from "./conditions";
import { EXISTING, managedDistribution } from "./distribution";
import { daysBetweenRotations, duration, host, hostedZone, region, rulePath, servedHost, slug, text } from "./fields";
import { identityProvider } from "./identity-provider";
import { maintenance } from "./maintenance";
import { origin, type Origin } from "./origins/origin";
import { originSecret } from "./origins/secret";
import { policyTest } from "./policy-tests";
import { signInHook } from "./sign-in-hook";
import { theme } from "./theme";
import { viewerRequest } from "./viewer-request";
import { waf } from "./waf";

/** Headers with a fixed meaning; a config must not map a claim to them. */
const FIXED_IDENTITY_HEADERS = [
  "x-gate-user",
  "x-gate-email",
  "x-gate-roles",
  "x-gate-session",
  "x-gate-idp",
  "x-gate-assertion",
  "x-gate-requirement",
  "x-gate-origin-secret",
];

/** AWS allows 50 tags; one is the gateway's name. */
const MAX_TAGS = 49;

/** Every range that is used includes "15m". */
function durationBetween(min: number, max: number, range: string) {
  return duration(min, max, `write a duration between ${range}, such as "15m"`);
}

const policyRule = z.strictObject({
  host: servedHost.optional(),
  path: rulePath,
  methods: z
    .array(z.enum(METHODS, `write methods from ${METHODS.join(", ")}`))
    .min(1, "name a method or leave methods out")
    .optional(),
  allow,
  escapes: z.boolean().optional(),
  preflight: z.literal("pass", 'write "pass" or leave it out').optional(),
});

const caching = z.enum(["disabled", "optimized"], 'write "disabled" or "optimized"');

const behavior = z.strictObject({
  /** CloudFront path pattern, such as `/api/*`. */
  path: text(/^\/[A-Za-z0-9._~*/-]+$/, 'a CloudFront path pattern, such as "/api/*"'),
  origin,
  /** `optimized` caches what the origin allows, and serves it to all users. */
  caching: caching.default("disabled"),
  /** For programs: also accepts access tokens in the Authorization header. */
  api,
});

const onEvent = z.enum(["ignore", "revoke"], 'write "ignore" or "revoke"').default("ignore");

/** Pushes security events (Shared Signals: CAEP, RISC) to `<basePath>/events/<id>`. */
const eventTransmitter = z.strictObject({
  issuer: z.url({
    protocol: /^https$/,
    error: 'write the issuer as the transmitter\'s tokens spell it, such as "https://signals.example.com"',
  }),
  audience: text(
    /^[!-~]{1,255}$/,
    'the audience that the transmitter\'s tokens name, such as "https://app.example.com"',
  ),
  jwksUri: z.url({
    protocol: /^https$/,
    error: 'write the https URL of the transmitter\'s keys, "jwks_uri" of its configuration',
  }),
  /** The identity provider to which its `opaque` subjects belong. */
  identityProvider: slug.optional(),
  /** The effect of optional events. `revoke` ends all sessions of the user. */
  on: z
    .strictObject({
      "device-compliance-change": onEvent,
      "token-claims-change": onEvent,
      "account-credential-change-required": onEvent,
    })
    .prefault({}),
});

const session = z.strictObject({
  absolute: durationBetween(300, 30 * 86400, '"5m" and "30d"').default(8 * 3600),
  idle: durationBetween(300, 30 * 86400, '"5m" and "30d"').default(3600),
  token: durationBetween(60, 3600, '"60s" and "1h"').default(15 * 60),
  /** The reaction to a second use of a callback or a refresh cookie, because somebody may have a copy. */
  onReuse: z
    .enum(["record", "revoke-session", "revoke-user"], 'write "record", "revoke-session" or "revoke-user"')
    .default("revoke-session"),
  /** Binds sessions to a key of the browser's device, if the browser supports it. */
  deviceBound: z.enum(["off", "if-supported"], 'write "off" or "if-supported"').default("off"),
  /** Days from one new signing key to the next. */
  keyRotationDays: daysBetweenRotations.default(30),
});

const iam = z.strictObject({
  /** A managed policy that limits what the functions' roles can do. */
  permissionsBoundaryArn: text(
    /^arn:aws[a-z-]*:iam::(?:[0-9]{12}|aws):policy\/[A-Za-z0-9+=,.@_/-]{1,512}$/,
    'the ARN of a managed policy, such as "arn:aws:iam::111122223333:policy/boundary"',
  ).optional(),
  /** The path of the functions' roles. */
  rolePath: text(/^\/(?:[A-Za-z0-9+=,.@_-]+\/)*$/, 'a path that begins and ends with a slash, such as "/gateway/"')
    .max(512, "write at most 512 characters")
    .default("/"),
  /** In front of the roles' names, which are at most 64 characters long. */
  roleNamePrefix: text(/^[A-Za-z0-9+=,.@_-]{1,22}$/, 'a prefix of 1 to 22 characters, such as "app-"').optional(),
});

/**
 * Tags that every AWS service accepts
 * (https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html#tag-conventions).
 */
const TAG_CHARACTERS = "[\\p{L}\\p{Z}\\p{N}_.:/=+@-]";
const TAG_TEXT = "letters, digits, spaces and _ . : / = + @ -";
const tags = z
  .record(
    text(
      new RegExp(`^(?!aws:)${TAG_CHARACTERS}{1,128}$`, "iu"),
      `tag keys of 1 to 128 characters, ${TAG_TEXT}, that do not start with "aws:"`,
    ),
    text(new RegExp(`^${TAG_CHARACTERS}{0,256}$`, "u"), `a value of at most 256 characters, ${TAG_TEXT}`),
  )
  .refine(
    (value) => Object.keys(value).length <= MAX_TAGS,
    `write at most ${MAX_TAGS} tags: AWS takes 50, and the gateway sets one`,
  )
  .default({});

const state = z.strictObject({
  bucket: z.string("write the name of the state bucket").min(3, "write the name of the state bucket"),
  key: z.string("write the key of the state file").min(1, "write the key of the state file").optional(),
  region,
});

const kmsKeyArn = text(/^arn:aws[a-z-]*:kms:us-east-1:[0-9]{12}:key\/[0-9a-f-]+$/, "the ARN of a KMS key in us-east-1");

export const configSchema = z.strictObject({
  /** Prefix of every resource name. */
  name: slug,
  /** The host that people open. */
  domain: servedHost,
  alternateDomains: z.array(servedHost).default([]),
  /** `"existing"` makes everything but distribution, DNS, certificate and web ACL. */
  distribution: managedDistribution,
  /** The path prefix of the gateway's own endpoints. */
  basePath: text(/^\/[A-Za-z0-9_~-]{1,32}$/, 'one path segment, such as "/_gate"').default("/_gate"),
  identityProviders: z
    .record(slug, identityProvider, 'write { main: { issuer: "https://…", clientId: "…" } }')
    .refine(
      (value) => Object.keys(value).length > 0,
      'write at least one: { main: { issuer: "https://…", clientId: "…" } }',
    ),
  eventTransmitters: z
    .record(slug, eventTransmitter, 'write { corp: { issuer: "https://…", audience: "…", jwksUri: "https://…" } }')
    .default({}),
  origin,
  /** Options of the secret that servers with `secretHeader` get. */
  originSecret: originSecret.prefault({}),
  /** A signed statement about the user, for servers with `assertion: true`. */
  assertion: assertion.optional(),
  /** Caching of the default behavior; by default `optimized` for S3 and `disabled` for a server. */
  caching: caching.optional(),
  /** API options of the default behavior. */
  api,
  /** Issuers whose access tokens API behaviors accept. */
  accessTokens,
  behaviors: z.array(behavior).default([]),
  policy: z
    .array(policyRule, 'write a list of rules, such as [{ path: "/**", allow: "signed-in" }]')
    .min(1, 'write at least one rule, such as { path: "/**", allow: "signed-in" }; what no rule matches is denied'),
  /** Requirements for several rules, by name. */
  requirements,
  /** What people must be able to do, and what they must not: a policy that fails a test is refused. */
  tests: z.array(policyTest, 'write a list, such as [{ as: "anonymous", cannot: ["GET /admin"] }]').default([]),
  /** Your own functions on viewer requests, which run in the gate. */
  viewerRequest: viewerRequest.optional(),
  session: session.prefault({}),
  /** Called after each sign-in: may refuse the user, add claims and grant roles. */
  signInHook: signInHook.optional(),
  /** Further identity headers for the origin: header name to claim name. */
  identityHeaders: z
    .record(
      text(/^x-gate-[a-z0-9-]{1,32}$/, 'a header name that starts with "x-gate-"'),
      text(/^[A-Za-z0-9_:./-]{1,128}$/, "the name of a claim").refine(
        // A claim can contain any address, but readers of such a header would trust it as the user's.
        (claim) => claim !== EMAIL_CLAIM,
        "read x-gate-email, and remove this: the provider may not have verified what the claim says",
      ),
    )
    .refine(
      (value) => !FIXED_IDENTITY_HEADERS.some((name) => name in value),
      `${FIXED_IDENTITY_HEADERS.join(", ")} are set already; choose another header name`,
    )
    .default({}),
  theme: theme.prefault({}),
  /** The page for people without access. */
  accessDenied: accessDenied.optional(),
  /** Closes the site, except for some roles. */
  maintenance: maintenance.optional(),
  /** `false` for no web ACL, `webAclArn` for an existing one. */
  waf: waf.prefault({}),
  /**
   * An issued certificate in us-east-1 that covers all domains. Without it, one is requested and validated in
   * `hostedZoneId`.
   */
  certificateArn: text(
    /^arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate\/[0-9a-f-]+$/,
    "the ARN of an ACM certificate in us-east-1",
  ).optional(),
  /** The Route 53 zone that gets the alias records (and the certificate's validation records). */
  hostedZoneId: hostedZone.optional(),
  /** The zones of hosts that are not in `hostedZoneId`, by host. */
  hostedZones: z.record(host, hostedZone, 'write { "docs.example.org": "Z…" }').default({}),
  /** `true` if Terraform makes the alias records. Validation records are made either way. */
  manageDns: z.boolean("write true or false").default(true),
  /** `true` if the alias records replace existing records. */
  overwriteDns: z.boolean("write true or false").default(false),
  /**
   * `false` deploys a gateway whose domains another distribution still serves; it also makes no alias records.
   */
  attachDomains: z.boolean("write true or false").default(true),
  /** Hosts that only redirect to `domain`, such as the apex of `www.example.com`. */
  redirectHosts: z.array(host).default([]),
  /** The only account to which Terraform may deploy the gateway. */
  accountId: text(/^[0-9]{12}$/, 'an account ID of 12 digits, such as "111122223333"').optional(),
  /** The account's rules for roles. */
  iam: iam.prefault({}),
  logRetentionDays: z
    .union(
      [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653].map(
        (days) => z.literal(days),
      ),
      { error: "write a retention that CloudWatch Logs knows, such as 30, 90 or 365" },
    )
    .default(90),
  /** An existing bucket for the access logs; by default a log group that the gateway creates. */
  accessLogBucketArn: text(
    /^arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    'the ARN of a bucket, such as "arn:aws:s3:::example-logs"',
  ).optional(),
  /** Keeps audit events in a bucket, for longer than the logs. */
  audit: audit.optional(),
  /** A key in us-east-1 for the log groups there; by default CloudWatch's own. Its policy must let CloudWatch use it. */
  logKmsKeyArn: kmsKeyArn.optional(),
  /**
   * A key in us-east-1 for secrets, ledger, queues and topic; by default AWS's own keys. Its policy must let the
   * account and SNS use it.
   */
  kmsKeyArn: kmsKeyArn.optional(),
  /** An SNS topic in us-east-1 that alarms notify; without it, they only show in CloudWatch. */
  alarmTopicArn: text(
    /^arn:aws[a-z-]*:sns:us-east-1:[0-9]{12}:[A-Za-z0-9_-]{1,256}$/,
    "the ARN of an SNS topic in us-east-1",
  ).optional(),
  /**
   * Records who calls the API of the store, whose keys sign sessions, and raises an alarm if it is not the gateway: a
   * CloudTrail trail of this store's data events.
   */
  storeAccessAlarm: z.boolean("write true or false").default(false),
  /** A CloudWatch dashboard with the gateway's name, in us-east-1. */
  dashboard: z.boolean("write true or false").default(true),
  /**
   * Reserves concurrency for key rotation and revocation. Use `false` in accounts whose limit is too low for that (10
   * in new ones).
   */
  reserveConcurrency: z.boolean("write true or false").default(true),
  /**
   * Keeps ledger, session keys, store and the buckets' files from being destroyed. `false` is for throw-away stages: it
   * also deletes secrets without a recovery window.
   */
  deletionProtection: z.boolean("write true or false").default(true),
  /** The S3 bucket of the Terraform state; by default a local file. */
  state: state.optional(),
  tags,
});

/** For an existing distribution. */
export const attachedSchema = configSchema.extend(EXISTING);

type Managed = z.output<typeof configSchema>;

/** With the gateway's own distribution. */
export type ManagedConfigInput = z.input<typeof configSchema>;
/** For an existing distribution. */
export type AttachedConfigInput = z.input<typeof attachedSchema>;
/** The config as people write it. */
export type ConfigInput = ManagedConfigInput | AttachedConfigInput;
/** The config as the rest of the project reads it: checked, with every default filled in, durations in seconds. */
export type Config = Omit<Managed, "distribution" | "origin" | "policy"> & {
  distribution: Managed["distribution"] | z.output<typeof attachedSchema>["distribution"];
  /** With names of requirements resolved. */
  policy: PolicyRule[];
  /** Undefined if and only if the distribution is an existing one. */
  origin: Origin | undefined;
};
export type { Origin } from "./origins/origin";
export type Behavior = Config["behaviors"][number];
