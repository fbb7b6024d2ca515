/**
 * Fails the synth if a behavior of a distribution has no decision. It checks what is written for Terraform, including
 * overrides, not the code that made it.
 */
import { DefaultTokenResolver, StringConcat, Tokenization, type TerraformStack } from "cdktf";
import type { IValidation } from "constructs";

/** The functions that may decide a viewer request. */
export interface Deciders {
  gateArn: string;
  /** ARN of the auth handler's version. */
  authArn: string;
  /** The function that redirects everything to the main host. */
  redirectArn?: string | undefined;
}

type Block = Readonly<Record<string, unknown>>;

interface Rule {
  id: string;
  /** What to do about it. */
  remedy: string;
  /** What is wrong with a behavior; undefined when nothing is. */
  cause(behavior: Block, deciders: Deciders): string | undefined;
}

const RULES: readonly Rule[] = [
  {
    id: "one-decision",
    remedy: "associate the gate, or on the gateway's own endpoints the auth handler, with its viewer-request event",
    cause(behavior, { gateArn, authArn, redirectArn }) {
      const associations = associationsOn("viewer-request", behavior);
      if (associations.length > 1) return "more than one function runs on its viewer requests";
      const decided = associations.some(
        ({ function_arn, lambda_arn }) =>
          function_arn === gateArn ||
          lambda_arn === authArn ||
          (redirectArn !== undefined && function_arn === redirectArn),
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

/** Belongs in a construct's validations. Every synth runs it before anything is written. */
export class DecisionCheck implements IValidation {
  readonly #stack: TerraformStack;
  readonly #deciders: Deciders;
  readonly #isChecked: (distribution: string, usesGateway: boolean) => boolean;

  /**
   * @param isChecked selects distributions by their names in the stack, and by whether any behavior of theirs has a
   *   function of the gateway
   */
  constructor(
    stack: TerraformStack,
    deciders: Deciders,
    isChecked: (distribution: string, usesGateway: boolean) => boolean,
  ) {
    this.#stack = stack;
    this.#deciders = deciders;
    this.#isChecked = isChecked;
  }

  validate(): string[] {
    const synthesized = this.#stack.toTerraform() as { resource?: Record<string, Record<string, Block>> };
    const distributions = synthesized.resource?.["aws_cloudfront_distribution"] ?? {};
    // As Terraform will read them.
    const deciders = Tokenization.resolve(this.#deciders, {
      scope: this.#stack,
      resolver: new DefaultTokenResolver(new StringConcat()),
    }) as Deciders;
    return Object.entries(distributions)
      .filter(([name, distribution]) => this.#isChecked(name, usesGateway(distribution, deciders)))
      .flatMap(([name, distribution]) => undecided(name, distribution, deciders));
  }
}

/** Dynamic blocks are searched too: what they make is not known, but what they refer to is. */
function usesGateway(distribution: Block, { gateArn, authArn }: Deciders): boolean {
  const text = JSON.stringify(distribution);
  return [gateArn, authArn].some((arn) => text.includes(arn.replace(/^\$\{(.*)\}$/, "$1")));
}

/** One sentence for each broken rule, with the behavior's path. */
function undecided(name: string, distribution: Block, deciders: Deciders): string[] {
  const behaviors = [
    ...blocks(distribution["default_cache_behavior"]).map((behavior) => ["(default)", behavior] as const),
    ...blocks(distribution["ordered_cache_behavior"]).map(
      (behavior) => [String(behavior["path_pattern"]), behavior] as const,
    ),
    ...("dynamic" in distribution ? [["(dynamic)", { dynamic: distribution["dynamic"] }] as const] : []),
  ];
  return behaviors.flatMap(([path, behavior]) =>
    RULES.flatMap(({ id, remedy, cause }) => {
      const found = cause(behavior, deciders);
      return found === undefined
        ? []
        : [`aws_cloudfront_distribution.${name}: behavior ${path}: ${found}; ${remedy} (${id})`];
    }),
  );
}

/** An event that is an expression could be any event. */
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
