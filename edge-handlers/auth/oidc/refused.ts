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
    description: "The content type of the request is not the one that this endpoint takes.",
  },
  no_token: { err: "invalid_request", description: "The request does not have exactly one token." },
  malformed: {
    err: "invalid_request",
    description: "The token cannot be read: it is too large, is not spelled canonically or is no signed JWT.",
  },
  type: { err: "invalid_request", description: "The token's header has another typ than this endpoint takes." },
  key: {
    err: "invalid_key",
    description: "The token is not signed with an accepted algorithm by a key that the issuer publishes.",
  },
  signature: { err: "authentication_failed", description: "The signature of the token is wrong." },
  issuer: { err: "invalid_issuer", description: "The token's iss is not the configured issuer." },
  audience: { err: "invalid_audience", description: "The token's aud is not the configured audience." },
  time: {
    err: "invalid_request",
    description: "The token is expired or not valid yet, or its iat is missing, too old or in the future.",
  },
  claims: {
    err: "invalid_request",
    description: "A claim of the token is missing, must not be there or is not of its form.",
  },
  events: { err: "invalid_request", description: "The token's events claim is not what this endpoint takes." },
  subject: {
    err: "invalid_request",
    description: "The subject is missing or is not identified in a way that is known here.",
  },
  replayed: { err: "invalid_request", description: "The token was taken before." },
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
