/** Which authentication would meet a requirement, so that a client can ask for it (RFC 9470 section 3). */
import { leftOf, type RequestFacts } from "../../policy/meets";
import { ALTERNATIVE, CONDITION, END_OF_LIST, ROLE_SEPARATOR } from "../../policy/requirement-text";

export interface StepUp {
  /** Authentication context classes, of which one suffices. */
  acr?: string[];
  /** Seconds since the authentication, as a number. */
  maxAge?: string;
}

/**
 * @param required with conditions, of which only those on the authentication are not met
 * @param session the fields of a session
 */
export function stepUpFor(required: string, session: readonly string[], facts: RequestFacts): StepUp {
  const left = leftOf(required.slice(required.indexOf(CONDITION)), facts, session);
  // One of the alternatives, as the gate chooses it for people.
  const values = Object.fromEntries(
    left
      .split(ALTERNATIVE)[0]!
      .split(CONDITION)
      .map((condition) => {
        const end = condition.indexOf(END_OF_LIST);
        return [condition.slice(0, end), condition.slice(end + 1)] as const;
      }),
  );
  const { acr, age } = values;
  return {
    ...(acr !== undefined && { acr: acr.split(ROLE_SEPARATOR).map(decodeURIComponent) }),
    ...(age !== undefined && { maxAge: age }),
  };
}

/**
 * The parameters of a challenge, each with a comma in front. The config permits no class with a character that needs
 * quoting.
 */
export function stepUpParameters({ acr, maxAge }: StepUp = {}): string {
  return (acr ? `, acr_values="${acr.join(" ")}"` : "") + (maxAge === undefined ? "" : `, max_age="${maxAge}"`);
}
