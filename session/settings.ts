/**
 * What the edges read at run time: the gate from its own source, where Terraform puts it at plan time; the auth handler
 * from an SSM parameter. Neither holds a secret. The contract between `stacks`, which write them, and the edges.
 */
import type { ReuseAction } from "./security-event";

/** How the pages of the gateway look. */
export interface Theme {
  /** The name that people know the site by. */
  productName: string;
  /** `#rrggbb`. */
  accentColor: string;
  /** Where people get help, as the address of a link on error pages: `mailto:` or `https:`. */
  support?: string;
}

/** The constant `SETTINGS` in the gate's source. */
export interface GateSettings {
  /** The path below which the gateway's own endpoints are; no trailing slash. */
  basePath: string;
  /** The hosts this gateway answers for, lower-case. */
  hosts: string[];
  /** Further identity headers: pairs of header name and claim name. */
  identityHeaders: [header: string, claim: string][];
  theme: Theme;
}

export type ClientAuthentication = "none" | "client_secret_basic" | "client_secret_post";

export interface IdentityProviderSettings {
  /** Shown where people choose between several identity providers. */
  label: string;
  issuer: string;
  clientId: string;
  clientAuthentication: ClientAuthentication;
  scopes: string[];
  /** The claim that lists the user's roles: an array of strings or one string. */
  rolesClaim: string;
}

/** Who may push security events (RFC 8935) to `events/<its id>`. */
export interface EventTransmitterSettings {
  issuer: string;
  /** What its tokens must name as `aud`. */
  audience: string;
  jwksUri: string;
  /**
   * The identity provider, by its id in the config, whose subjects its `opaque` subjects are; absent where it sends
   * none.
   */
  identityProvider?: string | undefined;
}

/** What the core of the auth handler reads, whatever edge it runs at. */
export interface AuthSettings {
  basePath: string;
  hosts: string[];
  session: {
    /** Seconds from sign-in to the end of the session, whatever happens. */
    absolute: number;
    /** Seconds without a renewal after which the session ends. */
    idle: number;
    /** Seconds a token is good for before it must be renewed. */
    token: number;
  };
  identityProviders: Record<string, IdentityProviderSettings>;
  eventTransmitters: Record<string, EventTransmitterSettings>;
  onReuse: ReuseAction;
  /** Only these role names are put into tokens. */
  roles: string[];
  /** Names of the claims that are put into tokens for the identity headers. */
  claims: string[];
  theme: Theme;
}

/** Names of what the auth handler uses on AWS, all in us-east-1. */
export interface AwsNames {
  /** The Secrets Manager secret that holds {@link import("./keys").SessionKeys} as JSON. */
  sessionKeysSecret: string;
  /** By identity provider: the secret whose text is the client secret. There is none for `none`. */
  clientSecrets: Record<string, string>;
  /** DynamoDB: see ledger/tables.ts. */
  sessionsTable: string;
  revocationsTable: string;
  /**
   * Queues of {@link import("./revocation").RevocationCommand}s: what must be carried out at once, and what can wait to
   * be gathered.
   */
  revocationQueue: string;
  signOutQueue: string;
}

/** The value of the SSM parameter `/edgegate/<function name>`, as JSON of at most 4 KB. */
export interface AuthParameter extends AuthSettings {
  version: 1;
  aws: AwsNames;
}

/** The name of the handler's SSM parameter. */
export function settingsParameterName(functionName: string): string {
  return "/edgegate/" + functionName;
}
