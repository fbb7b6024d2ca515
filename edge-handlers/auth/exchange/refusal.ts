/** Reasons to refuse a token exchange, as data. A closed set. The client only gets these fixed texts. */

interface RefusalKind {
  /**
   * RFC 6749 section 5.2. A subject token that is not accepted is an `invalid_request`, not an `invalid_grant` (RFC 8693
   * section 2.2.2).
   */
  error: "invalid_request" | "unsupported_grant_type" | "invalid_scope" | "invalid_target";
  description: string;
}

const INVALID_REQUEST = "invalid_request";

export const EXCHANGE_REFUSALS = {
  // The request
  content_type: {
    error: INVALID_REQUEST,
    description: "The request must be a form: application/x-www-form-urlencoded.",
  },
  repeated: { error: INVALID_REQUEST, description: "A parameter occurs more than once." },
  grant_type: {
    error: "unsupported_grant_type",
    description: "The grant_type must be urn:ietf:params:oauth:grant-type:token-exchange.",
  },
  no_token: { error: INVALID_REQUEST, description: "The request must have subject_token and subject_token_type." },
  token_type: {
    error: INVALID_REQUEST,
    description:
      "The subject_token_type must be urn:ietf:params:oauth:token-type:access_token, :jwt or :id_token, and fit the subject_token.",
  },
  requested_type: {
    error: INVALID_REQUEST,
    description: "The requested_token_type can only be urn:ietf:params:oauth:token-type:access_token.",
  },
  actor: { error: INVALID_REQUEST, description: "Delegation is not supported: leave actor_token out." },
  target: { error: "invalid_target", description: "The resource or audience is not this site." },
  scope: { error: "invalid_scope", description: "The subject token does not have one of these scopes." },
  // The subject token
  malformed: { error: INVALID_REQUEST, description: "The subject token is not one that can be read." },
  type: { error: INVALID_REQUEST, description: "The subject token is of another kind than an access token." },
  issuer: { error: INVALID_REQUEST, description: "The subject token's issuer is not accepted here." },
  audience: { error: INVALID_REQUEST, description: "The subject token is not for this site: look at its aud." },
  time: { error: INVALID_REQUEST, description: "The subject token has expired, or is not valid yet." },
  signature: {
    error: INVALID_REQUEST,
    description: "The subject token is not signed with an accepted algorithm by a key of its issuer.",
  },
  claims: {
    error: INVALID_REQUEST,
    description: "A claim of the subject token is missing or malformed, or not one that is accepted here.",
  },
  sender_constrained: {
    error: INVALID_REQUEST,
    description: "The subject token is bound to a key of its client, so a bearer cannot use it.",
  },
  unknown: { error: INVALID_REQUEST, description: "There is no such service token." },
  revoked: { error: INVALID_REQUEST, description: "The user or session of this subject token was revoked." },
  session_over: {
    error: INVALID_REQUEST,
    description: "The session that began with this subject token is over: get a new subject token.",
  },
} as const satisfies Record<string, RefusalKind>;

export type ExchangeRefusal = keyof typeof EXCHANGE_REFUSALS;

export class ExchangeRefused extends Error {
  override readonly name = "ExchangeRefused";

  /** @param detail for the log: only codes, or the name of a claim from a specification or the config */
  constructor(
    readonly reason: ExchangeRefusal,
    readonly detail?: string,
  ) {
    super(reason);
  }

  get kind(): RefusalKind {
    return EXCHANGE_REFUSALS[this.reason];
  }

  /** For the log. */
  get codes(): string {
    return [this.reason, ...(this.detail === undefined ? [] : [this.detail])].join(" ");
  }
}
