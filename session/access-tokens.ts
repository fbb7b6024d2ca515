/**
 * Access tokens of other issuers (OAuth 2.0), which API behaviors accept in the Authorization header. The contract
 * between the stack, which writes these settings, and the functions that verify tokens.
 */
import type { RoleRules } from "../identity/user";

/**
 * The form of an issuer's access tokens. `generic` is RFC 9068; `github`, `gitlab` and `aws` are the tokens of
 * CI jobs and IAM roles.
 */
export const ACCESS_TOKEN_PROFILES = ["generic", "entra", "cognito", "github", "gitlab", "aws"] as const;

export type AccessTokenProfile = (typeof ACCESS_TOKEN_PROFILES)[number];

/** Members that have their default value are absent, because many issuers must fit into the settings. */
export interface AccessTokenIssuer {
  /** Exactly as in tokens. With `{tenantid}` in it, tokens of all `tenants` are accepted. */
  issuer: string;
  /** Entra only: IDs of tenants. */
  tenants?: readonly string[] | undefined;
  /** `generic` if absent. */
  profile?: AccessTokenProfile | undefined;
  /** A token must be for one of these. With `cognito`, they may also be client IDs. */
  audience: readonly string[];
  /** By discovery if absent. */
  jwksUri?: string | undefined;
  /** The default algorithms (identity/signing-keys.ts) if absent. */
  algorithms?: readonly string[] | undefined;
  /** `generic` only: `any` also accepts tokens whose `typ` is not `at+jwt`. */
  type?: "any" | undefined;
  /** Absent if the issuer may not grant any role. */
  roles?: RoleRules | undefined;
  /** Claim paths whose values are kept, for conditions of rules and identity headers. */
  claims?: readonly string[] | undefined;
  /** Required claims: claim path to accepted values. A `*` at the end of a value matches any ending. */
  require?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Only users with a verified e-mail address in one of these domains. */
  emailDomains?: readonly string[] | undefined;
  /** True to accept e-mail addresses that the issuer does not call verified. */
  trustEmail?: boolean | undefined;
  /** The claim that identifies a user; the profile's if absent. */
  subject?: string | undefined;
}

/** By their IDs in the config, which rules name as `idp`. */
export type AccessTokenIssuers = Readonly<Record<string, AccessTokenIssuer>>;

/** How scripts of other sites may call an API (https://fetch.spec.whatwg.org/#http-cors-protocol). */
export interface CorsSettings {
  /** Exact origins, such as `https://app.example.com`; or `*` alone. */
  origins: string[];
  methods: string[];
  /** Lower case. */
  headers: string[];
  exposeHeaders: string[];
  /** Seconds. */
  maxAge: number;
  credentials: boolean;
}

/** `GateSettings.api`: only the gate of API behaviors has it. */
export interface ApiGateSettings {
  /** Every issuer whose tokens the handler can verify. */
  issuers: string[];
  /** By path pattern of the API behaviors, in CloudFront's order; `*` is the default behavior. Empty if none has CORS. */
  cors: [pattern: string, cors: GateCors | null][];
  /** The tail of challenges (resource-metadata.ts), by the same patterns. Absent if no behavior has metadata. */
  resources?: [pattern: string, tail: string | null][];
}

/** CORS as the headers that the gate adds for a listed origin. Ready-made headers keep the gate's source small. */
export interface GateCors {
  /** Exact origins, or `*` alone. */
  origins: string[];
  /** Headers of the answer to a preflight. */
  preflight: Record<string, string>;
  /** Headers of the gate's other answers. */
  answer: Record<string, string>;
}

/** The value of the bearer handler's SSM parameter, as JSON of at most 8 KB. */
export interface BearerParameter extends BearerSettings {
  /**
   * The DynamoDB tables (ledger/tables.ts), and the secret with the keys of assertions (assertion-keys.ts), which is
   * absent if no API behavior has assertions.
   */
  aws: { sessionsTable: string; revocationsTable: string; assertionKeysSecret?: string | undefined };
}

/** The settings of the handler's core, on any platform. */
export interface BearerSettings {
  version: 1;
  /** The hosts that the gateway serves, in lower case. */
  hosts: string[];
  issuers: AccessTokenIssuers;
  /** Pairs of header name and claim name. */
  identityHeaders: [header: string, claim: string][];
  /** True to tell the origin which provider or issuer a caller comes from. */
  severalProviders: boolean;
  /** Path patterns of behaviors that pass the Authorization header on to their origin, or `*` for the default one. */
  behaviors: [pattern: string, behavior: BearerBehavior][];
  /** While the site is closed: the value of `Retry-After`. */
  closed?: string | undefined;
  /** `assertionStart` of assertion.ts, the same as the gate's; absent if no behavior has assertions. */
  assertion?: string | undefined;
}

export interface BearerBehavior {
  cors?: CorsSettings | undefined;
  /** True to pass the Authorization header on to the origin. */
  forwardToken?: true | undefined;
  /** True if the origin gets assertions. */
  assertion?: true | undefined;
  /** The tail of challenges (resource-metadata.ts), if the behavior has metadata. */
  resource?: string | undefined;
}

/** Characters. CloudFront takes 20,480 bytes of request line and headers together. */
export const MAX_ACCESS_TOKEN_LENGTH = 8192;

/**
 * In this header the gate tells the handler on origin requests what a request still needs. Its parts are separated by
 * spaces: a requirement (policy/requirement-text.ts), the path that was decided, the path for which CloudFront chose
 * the behavior, and, if the gate verified a session, its payload. Viewers cannot send it: the gate removes every
 * `x-gate-` header first.
 */
export const REQUIREMENT_HEADER = "x-gate-requirement";
