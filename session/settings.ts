/**
 * The settings that the edge functions read at run time. Terraform puts the gate's into its source at plan time; the
 * auth handler reads its own from an SSM parameter. Neither contains a secret. This is the contract between `stacks`,
 * which writes them, and the functions.
 */
import type { ClaimRules } from "../identity/user";
import type { Theme } from "../pages/theme";
import type { StoredIndex } from "../policy/stored/lookup";
import type { AccessTokenIssuers, ApiGateSettings } from "./access-tokens";
import type { ClientAuthentication } from "./client-authentication";
import type { EventChoices } from "./security-events";
import type { ResourceSettings } from "./resource-metadata";
import type { ReuseAction } from "./security-event";

/** The constant `SETTINGS` in the gate's source. */
export interface GateSettings {
  /** The path prefix of the gateway's own endpoints; no trailing slash. */
  basePath: string;
  /** The hosts that this gateway answers for, in lower case. */
  hosts: string[];
  /** True to tell the origin which identity provider a user signed in with; otherwise absent. */
  severalProviders?: true;
  /** Additional identity headers: pairs of header name and claim name; absent if there are none. */
  identityHeaders?: [header: string, claim: string][];
  /** The name of the site, as users know it. */
  productName: string;
  /** True to tell the page of a refusal what the rule requires; otherwise absent. */
  tellRoles?: true;
  /** While the site is closed: the value of `Retry-After`. */
  closed?: string;
  /** True to send the origin secret (origin-secret.ts); otherwise absent. */
  originSecret?: true;
  /** Only if the policy is in the store. */
  policy?: StoredIndex & {
    /** While the site is closed: the prefix of every requirement (policy/requirement-text.ts). */
    closedTo?: string;
  };
  /** `assertionStart` of assertion.ts (issuer and audience); absent for a site without assertions. */
  assertion?: string;
  /** Only in the gate of API behaviors. */
  api?: ApiGateSettings;
}

/** Members that have their default value are absent, because twenty providers must fit into the settings. */
export interface IdentityProviderSettings extends ClaimRules {
  /** Shown when users choose between several identity providers. */
  label: string;
  clientId: string;
  clientAuthentication: ClientAuthentication;
  /** Algorithms of the tokens that the provider signs; the default ones (identity/signing-keys.ts) if absent. */
  signingAlgorithms?: string[] | undefined;
  /** The profile's if absent. */
  scopes?: string[] | undefined;
  /** The hosts and paths at which people sign in with this provider, rather than one that names no place. */
  offeredAt?: { hosts?: string[] | undefined; paths?: string[] | undefined } | undefined;
  /** Further parameters of the authorization request. */
  authorizationParameters?: Record<string, string> | undefined;
  /** Sends authorization requests through the pushed authorization request endpoint (RFC 9126). */
  pushedAuthorizationRequests?: boolean | undefined;
  /** Binds refresh tokens to a key of the session (RFC 9449). */
  dpop?: boolean | undefined;
}

/** The site's own function or server. */
export type HookSettings = {
  /** Seconds for its answer. */
  timeout: number;
} & (
  | {
      /** The platform's name of the function. */
      function: string;
    }
  | {
      url: string;
      /** The audience of the token that proves the caller. */
      audience: string;
    }
);

/** The hook that the gateway calls after each sign-in. */
export type SignInHookSettings = HookSettings & {
  /** The only roles that it may add. */
  grant: string[];
};

/** A transmitter that may push security events (RFC 8935) to `events/<its id>`. */
export interface EventTransmitterSettings {
  issuer: string;
  /** The required `aud` of its tokens. */
  audience: string;
  jwksUri: string;
  /** The ID in the config of the identity provider that its `opaque` subjects belong to; absent if it sends none. */
  identityProvider?: string | undefined;
  /** Only differences from the default, because many transmitters must fit into the settings. */
  on?: EventChoices | undefined;
}

/** The authentication requirements of all rules. A sign-in may ask the identity provider for nothing else. */
export interface StepUpSettings {
  /** Seconds since the authentication. */
  maxAges?: number[] | undefined;
  /** Authentication context classes. */
  acr?: string[] | undefined;
}

/** The settings of the auth handler's core, on any platform. */
export interface AuthSettings {
  basePath: string;
  hosts: string[];
  session: {
    /** Seconds from sign-in to the end of the session, no matter how often it is renewed. */
    absolute: number;
    /** Seconds without a renewal after which the session ends. */
    idle: number;
    /** Seconds for which a token is valid before it must be renewed. */
    token: number;
    /** True to bind sessions to a key of the browser's device, if the browser supports it. */
    deviceBound?: true | undefined;
  };
  identityProviders: Record<string, IdentityProviderSettings>;
  /** Their IDs in the order of the choice, if it is not alphabetical. Terraform sorts an object's keys. */
  providerOrder?: string[] | undefined;
  eventTransmitters: Record<string, EventTransmitterSettings>;
  /** Issuers whose access tokens can be exchanged for edge tokens; absent if no behavior is an API. */
  accessTokens?: AccessTokenIssuers | undefined;
  onReuse: ReuseAction;
  signInHook?: SignInHookSettings | undefined;
  /** Absent if no rule asks for a fresh or strong authentication. */
  stepUp?: StepUpSettings | undefined;
  /** Names of the claims that are put into tokens, for the identity headers and for rules that compare them. */
  claims: string[];
  theme: Theme;
  /** Help for people without access; absent if there is none. */
  accessDenied?: AccessDeniedSettings | undefined;
  /** The resources that are described at a well-known path (resource-metadata.ts). */
  resources?: ResourceSettings[] | undefined;
  /** Present while the site is closed for maintenance. */
  maintenance?: MaintenanceSettings | undefined;
}

/** Help for people who are signed in but were refused. */
export interface AccessDeniedSettings {
  /** The only roles that the page may name as missing. */
  tellRoles?: string[] | undefined;
  /**
   * The URL where people ask for access, with placeholders in the query: `{user}` (the e-mail address, or the ID),
   * `{role}`, `{path}` and `{reference}` (the request ID).
   */
  requestUrl?: string | undefined;
  /** The hook that receives requests for access; never together with `requestUrl`. */
  requestHook?: HookSettings | undefined;
}

/** The content of the page while the site is closed. */
export interface MaintenanceSettings {
  /** When it is expected back: `2026-12-01T08:00:00Z`. */
  until?: string | undefined;
  message?: string | undefined;
  /** True if some roles get in, so that the page offers to sign in. */
  admitsSome?: boolean | undefined;
}

/** Names of the AWS resources that the auth handler uses, all in us-east-1. */
export interface AwsNames {
  /** The Secrets Manager secret that holds {@link import("./keys").SessionKeys} as JSON. */
  sessionKeysSecret: string;
  /** See {@link clientSecretName}. */
  clientSecretPrefix: string;
  /** DynamoDB tables; see ledger/tables.ts. */
  sessionsTable: string;
  revocationsTable: string;
  /**
   * Queues of {@link import("./revocation").RevocationCommand}s: one for commands to carry out immediately, and one for
   * commands that can wait to be batched.
   */
  revocationQueue: string;
  signOutQueue: string;
}

/** The value of the SSM parameter `/edgegate/<function name>`, as JSON of at most 8 KB. */
export interface AuthParameter extends AuthSettings {
  version: 1;
  aws: AwsNames;
}

/**
 * The name of the secret whose text is an identity provider's client secret or the client's private keys. Whether there
 * is one follows from how the client authenticates: `storedSecretOf` in client-authentication.ts. Full names for twenty
 * providers would not fit into the settings.
 *
 * @param id of the identity provider in the config
 */
export function clientSecretName(names: Pick<AwsNames, "clientSecretPrefix">, id: string): string {
  return names.clientSecretPrefix + id;
}

/** The name of the handler's SSM parameter. */
export function settingsParameterName(functionName: string): string {
  return "/edgegate/" + functionName;
}
