/** Changes of a gateway as a pull request makes them, and what a review has to say about each. */
import type { ManagedConfigInput } from "../../config/schema";
import { KMS_KEY } from "../support/small-config";

/** The gateway before each change. It has no web ACL: planning one takes longer than all the rest. */
export const BEFORE: ManagedConfigInput = {
  name: "wiki",
  domain: "wiki.example.com",
  alternateDomains: ["docs.example.com"],
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000-1111-2222-333344445555",
  identityProviders: {
    main: {
      issuer: "https://login.example.com",
      clientId: "wiki",
      emailDomains: ["example.com"],
      roles: { grant: ["admin"] },
    },
  },
  origin: { type: "custom", domainName: "origin.example.com", secretHeader: true },
  behaviors: [{ path: "/assets/*", origin: { type: "s3" } }],
  policy: [
    { path: "/assets/**", allow: "public" },
    { path: "/admin/**", allow: { roles: ["admin"] } },
    { path: "/**", allow: "signed-in" },
  ],
  session: { absolute: "8h", idle: "1h" },
  identityHeaders: { "x-gate-department": "department" },
  logRetentionDays: 365,
  kmsKeyArn: KMS_KEY,
  alarmTopicArn: "arn:aws:sns:us-east-1:111122223333:pager",
  iam: { permissionsBoundaryArn: "arn:aws:iam::111122223333:policy/teams/boundary" },
  dashboard: false,
  waf: false,
};

/** The same with a web ACL. */
export const GUARDED: ManagedConfigInput = {
  ...BEFORE,
  waf: { groups: ["known-bad-inputs"], rateLimits: { site: { limit: 1000 } } },
};

const CI = { issuer: "https://ci.example.com", audience: ["https://wiki.example.com"] };
const API: NonNullable<ManagedConfigInput["behaviors"]>[number] = {
  path: "/api/*",
  origin: { type: "custom", domainName: "api.example.com", secretHeader: true },
  api: { cors: { origins: ["https://app.example.com"] } },
};
/** The same with an API, and sessions that are bound to a device. */
export const CALLED: ManagedConfigInput = {
  ...BEFORE,
  session: { ...BEFORE.session, deviceBound: "if-supported" },
  accessTokens: { ci: CI },
  behaviors: [...BEFORE.behaviors!, API],
};

type Stack = { resource: Record<string, Record<string, Record<string, never>>> } & Record<string, never>;

export interface PreparedChange {
  name: string;
  /** {@link BEFORE} if absent. */
  before?: ManagedConfigInput;
  /** What the config says then. */
  config?: Partial<ManagedConfigInput>;
  /** What no config can say: written into the synthesized stack. Paths with dots; undefined removes. */
  written?: Record<string, unknown>;
  /** `rule severity`, each once. */
  flags: string[];
}

const MAIN = BEFORE.identityProviders["main"]!;
const [ASSETS, ADMIN, REST] = BEFORE.policy as [
  ManagedConfigInput["policy"][number],
  ManagedConfigInput["policy"][number],
  ManagedConfigInput["policy"][number],
];
const DISTRIBUTION = "resource.aws_cloudfront_distribution.gateway";
const HEADERS = "resource.aws_cloudfront_response_headers_policy.security_headers.security_headers_config";

export const CHANGES: readonly PreparedChange[] = [
  { name: "nothing", flags: [] },
  { name: "colors, tags and texts", config: { theme: { accentColor: "#114422" }, tags: { team: "docs" } }, flags: [] },
  {
    name: "a rule that is stricter",
    config: { policy: [ASSETS, { ...ADMIN, path: "/settings/**" }, ADMIN, REST] },
    flags: [],
  },
  {
    name: "a public path",
    config: { policy: [{ path: "/press/**", allow: "public" }, ASSETS, ADMIN, REST] },
    flags: ["opens-a-path high"],
  },
  {
    name: "one more role",
    config: {
      policy: [ASSETS, { ...ADMIN, allow: { roles: ["admin", "editor"] } }, REST],
      identityProviders: { main: { ...MAIN, roles: { grant: ["admin", "editor"] } } },
    },
    flags: ["opens-a-path medium", "changes-identity-provider medium"],
  },
  {
    name: "another issuer",
    config: { identityProviders: { main: { ...MAIN, issuer: "https://login.example.net" } } },
    flags: ["changes-identity-provider high"],
  },
  {
    name: "another e-mail domain",
    config: { identityProviders: { main: { ...MAIN, emailDomains: ["example.com", "example.org"] } } },
    flags: ["changes-identity-provider high"],
  },
  {
    name: "a second provider",
    config: {
      identityProviders: {
        main: MAIN,
        partner: { issuer: "https://id.partner.example", clientId: "p", roles: { grant: [] } },
      },
    },
    flags: ["changes-identity-provider high", "changes-program low"],
  },
  { name: "longer sessions", config: { session: { absolute: "24h", idle: "1h" } }, flags: ["session-lifetime medium"] },
  { name: "shorter logs", config: { logRetentionDays: 30 }, flags: ["shortens-logs medium"] },
  { name: "alarms for nobody", config: { alarmTopicArn: undefined }, flags: ["silences-alarms medium"] },
  {
    name: "fewer domains",
    config: { alternateDomains: [] },
    flags: ["changes-domains high", "changes-domains medium"],
  },
  {
    name: "one more domain",
    config: { alternateDomains: ["docs.example.com", "press.example.com"] },
    flags: ["changes-domains medium", "opens-a-path medium"],
  },
  {
    name: "other identity headers",
    config: { identityHeaders: {} },
    flags: ["changes-identity-provider medium", "changes-program medium"],
  },
  { name: "maintenance", config: { maintenance: { message: "Back soon" } }, flags: ["changes-program medium"] },
  {
    name: "another origin",
    config: { origin: { type: "custom", domainName: "new.example.com", secretHeader: true } },
    flags: ["changes-origin medium"],
  },
  { name: "no permissions boundary", config: { iam: {} }, flags: ["widens-iam high"] },
  { name: "no deletion protection", config: { deletionProtection: false }, flags: ["drops-protection medium"] },
  { name: "no key of its own", config: { kmsKeyArn: undefined }, flags: ["exposes-data medium"] },
  {
    name: "an older TLS",
    written: { [`${DISTRIBUTION}.viewer_certificate.minimum_protocol_version`]: "TLSv1" },
    flags: ["weakens-tls high"],
  },
  {
    name: "http",
    written: { [`${DISTRIBUTION}.default_cache_behavior.viewer_protocol_policy`]: "allow-all" },
    flags: ["undecided-requests high"],
  },
  {
    name: "a behavior without the gate",
    written: { [`${DISTRIBUTION}.ordered_cache_behavior.1.function_association`]: undefined },
    flags: ["undecided-requests high"],
  },
  {
    name: "a shorter HSTS",
    written: { [`${HEADERS}.strict_transport_security.access_control_max_age_sec`]: 300 },
    flags: ["weakens-headers high"],
  },
  { name: "no frame options", written: { [`${HEADERS}.frame_options`]: undefined }, flags: ["weakens-headers medium"] },
  { name: "a disabled distribution", written: { [`${DISTRIBUTION}.enabled`]: false }, flags: ["takes-site-down high"] },
  {
    name: "a new store",
    written: {
      "resource.aws_cloudfront_key_value_store.session_store.name": "wiki-2",
      "resource.aws_cloudfront_key_value_store.session_store.lifecycle.prevent_destroy": false,
    },
    flags: ["destroys-state high", "unknown-decision medium"],
  },
  {
    name: "another program of the gate",
    written: { "resource.aws_cloudfront_function.gate.code": "// One line more\n${local.gate_code}" },
    flags: ["changes-program medium"],
  },
  {
    name: "one alarm less",
    written: { "resource.aws_cloudwatch_metric_alarm.alarm_store-errors": undefined },
    flags: ["silences-alarms medium"],
  },
  {
    name: "nobody reads the queue",
    written: { "resource.aws_lambda_event_source_mapping.revoker_queue_revocations_delivery": undefined },
    flags: ["stops-revocations high"],
  },
  {
    name: "a slower rotation",
    written: {
      "resource.aws_secretsmanager_secret_rotation.key_rotator_schedule.rotation_rules.automatically_after_days": 900,
    },
    flags: ["stops-revocations medium"],
  },
  {
    name: "a bucket for everybody",
    written: {
      "resource.aws_s3_bucket_policy.site_policy.policy":
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::x/*"}]}',
    },
    flags: ["widens-iam high", "undecided-requests high"],
  },
  {
    name: "a bucket that can become public",
    written: { "resource.aws_s3_bucket_public_access_block.site_public_access.block_public_policy": false },
    flags: ["exposes-data high"],
  },
  {
    name: "unsigned requests to a bucket",
    written: { "resource.aws_cloudfront_origin_access_control.origin_access_control.signing_behavior": "never" },
    flags: ["changes-origin high", "undecided-requests high"],
  },
  {
    name: "more permissions",
    written: {
      "resource.aws_iam_role_policy.auth_permissions.policy":
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:*","Resource":"*"}]}',
    },
    flags: ["widens-iam high"],
  },
  {
    name: "another account may take a role",
    written: {
      "resource.aws_iam_role.auth_role.assume_role_policy":
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::999999999999:root"}}]}',
    },
    flags: ["widens-iam high"],
  },
  {
    name: "an unknown policy",
    written: {
      "resource.terraform_data.new": {},
      "resource.aws_cloudfront_function.gate.code": "${local.gate_code}// ${terraform_data.new.id}",
    },
    flags: ["unknown-decision high"],
  },
  {
    name: "no site in a bucket",
    config: { behaviors: [] },
    flags: ["destroys-state high", "deletes-replica medium", "shortens-logs high"],
  },
  {
    name: "no origin secret",
    config: { origin: { type: "custom", domainName: "origin.example.com", open: true } },
    flags: ["changes-program high", "changes-program medium", "destroys-state high"],
  },
  {
    name: "sessions that are not bound to a device",
    before: CALLED,
    config: { session: BEFORE.session! },
    flags: ["session-lifetime medium"],
  },
  {
    name: "another issuer of access tokens, and a wider audience",
    before: CALLED,
    config: {
      accessTokens: {
        ci: { ...CI, audience: [...CI.audience, "https://other.example.com"] },
        partner: { issuer: "https://partner.example.net", audience: CI.audience },
      },
    },
    flags: ["accepts-tokens high"],
  },
  {
    name: "scripts of one more site",
    before: CALLED,
    config: {
      behaviors: [
        ...BEFORE.behaviors!,
        { ...API, api: { cors: { origins: ["https://app.example.com", "https://new.example.com"] } } },
      ],
    },
    flags: ["accepts-tokens medium", "weakens-headers medium"],
  },
  {
    name: "no web ACL",
    before: GUARDED,
    config: { waf: false },
    flags: ["weakens-waf high", "shortens-logs high", "shortens-logs medium"],
  },
  {
    name: "a web ACL that only counts",
    before: GUARDED,
    config: { waf: { mode: "count", groups: ["known-bad-inputs"], rateLimits: { site: { limit: 1000 } } } },
    flags: ["weakens-waf high"],
  },
  {
    name: "a managed group less",
    before: GUARDED,
    config: { waf: { groups: [], rateLimits: { site: { limit: 1000 } } } },
    flags: ["weakens-waf high"],
  },
  {
    name: "a higher limit",
    before: GUARDED,
    config: { waf: { groups: ["known-bad-inputs"], rateLimits: { site: { limit: 9000 } } } },
    flags: ["weakens-waf medium"],
  },
];

/** Writes what no config can say into a synthesized stack. */
export function written(stack: object, changes: Record<string, unknown>): object {
  const copy = structuredClone(stack) as Stack;
  for (const [path, value] of Object.entries(changes)) {
    const steps = path.split(".");
    const last = steps.pop()!;
    const place = steps.reduce<Record<string, unknown>>((inner, step) => inner[step] as Record<string, unknown>, copy);
    if (value === undefined) delete place[last];
    else place[last] = value;
  }
  return copy;
}
