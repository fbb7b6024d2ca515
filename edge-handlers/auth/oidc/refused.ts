/**
 * Reasons to refuse a token that another server pushed, as data. A closed set. The sender only gets these fixed texts.
 */

interface Refusal {
  /** https://www.iana.org/assignments/secevent/secevent.xhtml#secevent-delivery-error-codes */
  err: "invalid_request" | "invalid_key" | "invalid_issuer" | "invalid_audience" | "authentication_failed";
  description: string;
}

export const REFUSALS = {
  content_type: {
    err: "invalid_request",
    description: "The request must have the content type that this endpoint accepts.",
  },
  no_token: { err: "invalid_request", description: "The request must have exactly one token." },
  malformed: {
    err: "invalid_request",
    description: "The token cannot be read: it is too large, not canonically encoded, or not a signed JWT.",
  },
  type: { err: "invalid_request", description: "The typ in the token's header is not one that this endpoint accepts." },
  key: {
    err: "invalid_key",
    description: "The token is not signed with an accepted algorithm by a key that the issuer publishes.",
  },
  signature: { err: "authentication_failed", description: "The signature of the token is not valid." },
  issuer: { err: "invalid_issuer", description: "The token's iss is not the configured issuer." },
  audience: { err: "invalid_audience", description: "The token's aud is not the configured audience." },
  time: {
    err: "invalid_request",
    description: "The token has expired or is not valid yet, or its iat is missing, too old or in the future.",
  },
  claims: {
    err: "invalid_request",
    description: "A claim of the token is missing, not allowed or malformed.",
  },
  events: { err: "invalid_request", description: "The token's events claim is not one that this endpoint accepts." },
  subject: {
    err: "invalid_request",
    description:
      "The subject is missing, or its identifier has a format or an issuer that this endpoint does not know.",
  },
  replayed: { err: "invalid_request", description: "The token was already accepted." },
} as const satisfies Record<string, Refusal>;

export type RefusalReason = keyof typeof REFUSALS;

export class Refused extends Error {
  override readonly name = "Refused";

  /** @param detail for the log: only a code, or the name of a claim from the rules */
  constructor(
    readonly reason: RefusalReason,
    readonly detail?: string,
  ) {
    super(reason);
  }

  get refusal(): Refusal {
    return REFUSALS[this.reason];
  }

  /** For the log. */
  get codes(): string {
    return this.detail === undefined ? this.reason : `${this.reason} ${this.detail}`;
  }
}
