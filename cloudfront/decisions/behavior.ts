/**
 * The parts of a distribution that determine who decides its requests. Made from a synthesized stack or from a plan.
 */

/**
 * The kind of a function: the gate; the gate of API behaviors, and its handler; the handler of the gateway's own
 * endpoints; the function that redirects everything to the main host; any other; or one that is known only after the
 * apply.
 */
export type Runs = "gate" | "api-gate" | "bearer" | "handler" | "redirect" | "other" | "unknown";

export interface Association {
  /** CloudFront's event, such as `viewer-request`. Any other text is an expression that could become any event. */
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
