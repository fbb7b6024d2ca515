/**
 * The facts about a visitor and a request that rules can test, as literals of a formula: a fact must hold, or must not.
 * A group of people is all visitors, with their requests, for whom each literal of a list is true.
 */

/** Facts of which a person has at most one value. */
export const SINGLE = ["idp", "uid", "mail", "acr", "country"] as const;
export type SingleName = (typeof SINGLE)[number];

export type Fact =
  /** Has a session, or a token that was verified. */
  | { is: "session" }
  /** Has at least one of the values. */
  | { is: "role"; values: readonly string[] }
  | { is: "claim"; name: string; values: readonly string[] }
  /**
   * The person's single value is one of these. Without a session, only `country` has a value. A value of
   * `mail` is an address, or with `@` before it a domain.
   */
  | { [Name in SingleName]: { is: Name; values: readonly string[] } }[SingleName]
  /** The country is known and none of these. */
  | { is: "abroad"; values: readonly string[] }
  /** Signed in at most so many seconds ago. */
  | { is: "age"; seconds: number }
  /** The address is in one of these networks, as CIDR. Each viewer has an address. */
  | { is: "network"; values: readonly string[] }
  /** It is this time or later, in seconds since 1970. */
  | { is: "since"; at: number }
  /** It is one of these days in UTC: 1 is Monday, 7 is Sunday. */
  | { is: "day"; days: readonly number[] }
  /** It is one of these minutes of a day in UTC: from the first on, and before the last. */
  | { is: "hours"; from: number; until: number }
  /** This segment of the path equals the visitor's uid, or a value of the claim. */
  | { is: "owner"; segment: number; claim?: string | undefined };

export type FactOf<Kind extends Fact["is"]> = Extract<Fact, { is: Kind }>;

export interface Literal {
  fact: Fact;
  /** False if the fact must not hold. An unknown fact does not hold. */
  holds: boolean;
}

/** All literals are true. An empty list means everyone. */
export type Group = readonly Literal[];

/** Everyone who is in one of the groups. An empty list means nobody. */
export type People = readonly Group[];

export function not({ fact, holds }: Literal): Literal {
  return { fact, holds: !holds };
}

export function yes(fact: Fact): Literal {
  return { fact, holds: true };
}

/** True for facts that hold for nobody without a session. */
export function needsSession({ is }: Fact): boolean {
  return !["country", "abroad", "network", "since", "day", "hours"].includes(is);
}
