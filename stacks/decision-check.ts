/**
 * Fails the synth if a behavior of a distribution has no decision. It checks what is written for Terraform, including
 * overrides, not the code that made it.
 */
import { DefaultTokenResolver, StringConcat, Tokenization, type TerraformStack } from "cdktf";
import type { IValidation } from "constructs";
import { DEFAULT_PATH, type Association, type Behavior, type Runs } from "../cloudfront/decisions/behavior";
import { DECISION_RULES } from "../cloudfront/decisions/rules";
import type { ApiProtection } from "./associations";

/** The functions that may decide a viewer request. */
export interface Deciders {
  gateArn: string;
  /** ARN of the auth handler's version. */
  authArn: string;
  /** The function that redirects everything to the main host. */
  redirectArn?: string | undefined;
  /** The gate of API behaviors, and the handler that goes with it. */
  api?: ApiProtection | undefined;
}

type Block = Readonly<Record<string, unknown>>;

/** Belongs in a construct's validations. Every synth runs it before anything is written. */
export class DecisionCheck implements IValidation {
  readonly #stack: TerraformStack;
  readonly #deciders: Deciders;
  readonly #isChecked: (distribution: string, usesGateway: boolean) => boolean;

  /**
   * @param isChecked selects distributions by their names in the stack, and by whether one of their behaviors has a
   * function of the gateway
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
    // The distributions, as Terraform will read them.
    const deciders = Tokenization.resolve(this.#deciders, {
      scope: this.#stack,
      resolver: new DefaultTokenResolver(new StringConcat()),
    }) as Deciders;
    return Object.entries(distributions)
      .filter(([name, distribution]) => this.#isChecked(name, usesGateway(distribution, deciders)))
      .flatMap(([name, distribution]) => undecided(name, distribution, deciders));
  }
}

/** Dynamic blocks are searched too: their results are unknown, but their references are known. */
function usesGateway(distribution: Block, { gateArn, authArn, api }: Deciders): boolean {
  const text = JSON.stringify(distribution);
  return [gateArn, authArn, ...(api ? [api.gateArn, api.bearerArn] : [])].some((arn) =>
    text.includes(arn.replace(/^\$\{(.*)\}$/, "$1")),
  );
}

/** One sentence for each broken rule, with the behavior's path. */
function undecided(name: string, distribution: Block, deciders: Deciders): string[] {
  const behaviors: Behavior[] = [
    ...blocks(distribution["default_cache_behavior"]).map((block) => behaviorOf(DEFAULT_PATH, block, deciders)),
    ...blocks(distribution["ordered_cache_behavior"]).map((block) =>
      behaviorOf(String(block["path_pattern"]), block, deciders),
    ),
    ...("dynamic" in distribution ? [{ path: "(dynamic)", associations: [], isDynamic: true }] : []),
  ];
  return behaviors.flatMap((behavior) =>
    DECISION_RULES.flatMap(({ id, remedy, cause }) => {
      const found = cause(behavior);
      return found === undefined
        ? []
        : [`aws_cloudfront_distribution.${name}: behavior ${behavior.path}: ${found}; ${remedy} (${id})`];
    }),
  );
}

function behaviorOf(path: string, block: Block, { gateArn, authArn, redirectArn, api }: Deciders): Behavior {
  const functions = blocks(block["function_association"]).map(({ event_type, function_arn }): Association => {
    const known: [string | undefined, Runs][] = [
      [gateArn, "gate"],
      [api?.gateArn, "api-gate"],
      [redirectArn, "redirect"],
    ];
    const runs = known.find(([arn]) => arn !== undefined && arn === function_arn)?.[1] ?? "other";
    return { event: String(event_type), runs };
  });
  const handlers = blocks(block["lambda_function_association"]).map(({ event_type, lambda_arn }): Association => ({
    event: String(event_type),
    runs:
      lambda_arn === authArn
        ? "handler"
        : lambda_arn !== undefined && lambda_arn === api?.bearerArn
          ? "bearer"
          : "other",
  }));
  return {
    path,
    associations: [...functions, ...handlers],
    protocol: block["viewer_protocol_policy"] as string | undefined,
    isDynamic: "dynamic" in block,
  };
}

/** Terraform's JSON syntax writes a single block without its list. */
function blocks(value: unknown): Block[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]) as Block[];
}
