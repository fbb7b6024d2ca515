/** Reads the distributions of a plan as CloudFront will have them. */
import {
  associationsOn,
  DEFAULT_PATH,
  type Association,
  type Behavior,
  type Runs,
} from "../../cloudfront/decisions/behavior";
import type { Change, Plan, Values } from "../plan/plan";
import { expressionsOf, referenceOf, withoutKeys } from "../plan/references";
import { block, blocks, strings } from "../plan/values";
import { runsOf } from "./gateways";

/** ARNs from the command line, for a gateway that another configuration deploys. */
export interface KnownArns {
  gates: readonly string[];
  handlers: readonly string[];
}

export interface Distribution {
  address: string;
  module: string;
  change: Change;
  isStaging: boolean;
  isEnabled: boolean;
  aliases: string[];
  behaviors: Behavior[];
  /** Domain names of its origins, as far as they are known; else what they refer to. */
  origins: string[];
}

/** The distributions after the apply. */
export function distributionsOf(plan: Plan, known: KnownArns = { gates: [], handlers: [] }): Distribution[] {
  return plan.changes
    .filter(({ type, after }) => type === "aws_cloudfront_distribution" && after !== undefined)
    .map((change) => {
      const after = change.after!;
      const written = expressionsOf(plan, change.module, change.address) ?? {};
      const read = (path: string, behavior: Values, expressions: Values) =>
        behaviorOf(plan, change, known, path, behavior, expressions);
      return {
        address: change.address,
        module: change.module,
        change,
        isStaging: after["staging"] === true,
        isEnabled: after["enabled"] !== false,
        aliases: strings(after["aliases"]),
        behaviors: [
          ...blocks(after["ordered_cache_behavior"]).map((behavior) => {
            const path = String(behavior["path_pattern"]);
            return read(path, behavior, expressionsFor(written["ordered_cache_behavior"], "path_pattern", path));
          }),
          ...blocks(after["default_cache_behavior"]).map((behavior) =>
            read(DEFAULT_PATH, behavior, block(written["default_cache_behavior"])),
          ),
        ],
        origins: originsOf(plan, change, written),
      };
    });
}

/** True if it has the gate or the handler anywhere: then it must decide everything. */
export function hasGate({ behaviors }: Distribution): boolean {
  return behaviors.some(({ associations }) =>
    associations.some(({ runs }) => ["gate", "api-gate", "handler"].includes(runs)),
  );
}

/**
 * True if a function on its viewer requests is known only after the apply: it may be the gate, so all requests must be
 * decided.
 */
export function mayHaveGate({ behaviors }: Distribution): boolean {
  return behaviors.some((behavior) =>
    associationsOn("viewer-request", behavior).some(({ runs }) => runs === "unknown"),
  );
}

function behaviorOf(
  plan: Plan,
  { module }: Change,
  known: KnownArns,
  path: string,
  behavior: Values,
  written: Values,
): Behavior {
  const read = (name: string, arn: string) =>
    blocks(behavior[name]).map((association): Association => {
      const event = String(association["event_type"]);
      const expressions = expressionsFor(written[name], "event_type", event);
      return { event, runs: runsAt(plan, withoutKeys(module), known, association[arn], expressions[arn]) };
    });
  const protocol = behavior["viewer_protocol_policy"];
  return {
    path,
    associations: [
      ...read("function_association", "function_arn"),
      ...read("lambda_function_association", "lambda_arn"),
    ],
    protocol: typeof protocol === "string" ? protocol : undefined,
  };
}

/** @param arn undefined if it is known only after the apply */
function runsAt(plan: Plan, module: string, known: KnownArns, arn: unknown, expression: unknown): Runs {
  if (typeof arn === "string") {
    if (known.gates.includes(arn)) return "gate";
    if (known.handlers.includes(arn)) return "handler";
    const change = plan.changes.find(({ type, after }) => after?.[ARN_OF[type] ?? ""] === arn);
    return change === undefined ? "other" : runsOf(plan, change);
  }
  const reference = referenceOf(plan, module, expression);
  const candidates = plan.changes.filter(
    ({ address, type, after }) =>
      after !== undefined && withoutKeys(address) === reference?.address && ARN_OF[type] === reference.attribute,
  );
  const kinds = [...new Set(candidates.map((change) => runsOf(plan, change)))];
  return kinds.length === 1 ? kinds[0]! : "unknown";
}

/** The attribute that an association takes. CloudFront takes a version of a Lambda function only. */
const ARN_OF: Readonly<Record<string, string>> = {
  aws_cloudfront_function: "arn",
  aws_lambda_function: "qualified_arn",
};

/** The expressions of the block in which an argument is written as this value. */
function expressionsFor(written: unknown, argument: string, value: string): Values {
  const matching = blocks(written).filter((one) => block(one[argument])["constant_value"] === value);
  return matching.length === 1 ? matching[0]! : {};
}

function originsOf(plan: Plan, { module, after }: Change, written: Values): string[] {
  const known = blocks(after!["origin"]).flatMap(({ domain_name: name }) => strings(name));
  const referred = blocks(written["origin"]).flatMap((origin) => {
    const reference = referenceOf(plan, withoutKeys(module), origin["domain_name"]);
    return reference === undefined ? [] : [`${reference.address}.${reference.attribute}`];
  });
  return [...new Set([...known, ...referred])];
}
