/**
 * Synth fails when a behavior of a distribution has no decision. Looked at is what is written for Terraform, overrides
 * included, and not the code that made it.
 */
import type { TerraformStack } from "cdktf";
import type { IValidation } from "constructs";

/** What may decide a viewer request: by the argument that names it in an association, as Terraform will read it. */
const DECIDERS = {
  function_arn: "${aws_cloudfront_function.gate.arn}",
  lambda_arn: "${aws_lambda_function.auth.qualified_arn}",
} as const;

type Block = Readonly<Record<string, unknown>>;

interface Rule {
  id: string;
  /** What to do about it. */
  remedy: string;
  /** What is wrong with a behavior; undefined when nothing is. */
  cause(behavior: Block): string | undefined;
}

const RULES: readonly Rule[] = [
  {
    id: "one-decision",
    remedy: "associate the gate, or on the gateway's own endpoints the auth handler, with its viewer-request event",
    cause(behavior) {
      const associations = associationsOn("viewer-request", behavior);
      if (associations.length > 1) return "more than one function runs on its viewer requests";
      const decided = associations.some(
        ({ function_arn, lambda_arn }) => function_arn === DECIDERS.function_arn || lambda_arn === DECIDERS.lambda_arn,
      );
      return decided ? undefined : "nothing decides its requests";
    },
  },
  {
    id: "no-viewer-response-function",
    remedy: "leave the viewer-response event to the response headers policy, or use origin-response",
    cause: (behavior) =>
      associationsOn("viewer-response", behavior).length > 0
        ? "a function can change the decision's response"
        : undefined,
  },
  {
    id: "no-dynamic-associations",
    remedy: "write the associations out",
    cause: (behavior) => ("dynamic" in behavior ? "a dynamic block hides what Terraform will make of it" : undefined),
  },
];

/** To be added to a stack's validations; run by every synth, before anything is written. */
export class DecisionCheck implements IValidation {
  readonly #stack: TerraformStack;

  constructor(stack: TerraformStack) {
    this.#stack = stack;
  }

  validate(): string[] {
    const synthesized = this.#stack.toTerraform() as { resource?: Record<string, Record<string, Block>> };
    const distributions = synthesized.resource?.["aws_cloudfront_distribution"] ?? {};
    return Object.entries(distributions).flatMap(([name, distribution]) => undecided(name, distribution));
  }
}

/** One sentence for each broken rule, with the behavior's path. */
function undecided(name: string, distribution: Block): string[] {
  const behaviors = [
    ...blocks(distribution["default_cache_behavior"]).map((behavior) => ["(default)", behavior] as const),
    ...blocks(distribution["ordered_cache_behavior"]).map(
      (behavior) => [String(behavior["path_pattern"]), behavior] as const,
    ),
    ...("dynamic" in distribution ? [["(dynamic)", { dynamic: distribution["dynamic"] }] as const] : []),
  ];
  return behaviors.flatMap(([path, behavior]) =>
    RULES.flatMap(({ id, remedy, cause }) => {
      const found = cause(behavior);
      return found === undefined
        ? []
        : [`aws_cloudfront_distribution.${name}: behavior ${path}: ${found}; ${remedy} (${id})`];
    }),
  );
}

/** An event that is not written out could be any. */
function associationsOn(event: string, behavior: Block): Block[] {
  return [...blocks(behavior["function_association"]), ...blocks(behavior["lambda_function_association"])].filter(
    ({ event_type }) => event_type === event || !/^(viewer|origin)-(request|response)$/.test(String(event_type)),
  );
}

/** Terraform's JSON syntax writes a single block without its list. */
function blocks(value: unknown): Block[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]) as Block[];
}
