/** A distribution, as far as it says who decides its requests. Made from what a synth writes, or from a plan. */

/**
 * What a function is: the gate; that of behaviors for programs, and the handler that goes with it; the handler of the gateway's own endpoints; the function that redirects everything to
 * the main host; any other; or one that only the apply will know.
 */
export type Runs = "gate" | "api-gate" | "bearer" | "handler" | "redirect" | "other" | "unknown";

export interface Association {
  /** Of CloudFront, such as `viewer-request`. Anything else could become any event. */
  event: string;
  runs: Runs;
}

export interface Behavior {
  /** The path pattern, or `(default)`. */
  path: string;
  associations: readonly Association[];
  /** `allow-all`, `https-only` or `redirect-to-https`. */
  protocol?: string | undefined;
  /** True if a `dynamic` block hides what Terraform will make of it. */
  isDynamic?: boolean;
}

export const DEFAULT_PATH = "(default)";

/** The associations with an event. An event that is an expression could be any event. */
export function associationsOn(event: string, { associations }: Behavior): Association[] {
  return associations.filter(
    (association) => association.event === event || !/^(viewer|origin)-(request|response)$/.test(association.event),
  );
}
