/** Reads the policies that commands compare: from configs, or from synthesized stacks. */
import { existsSync } from "node:fs";
import { basename } from "node:path";
import { loadConfig } from "../config/load";
import type { ComparedPolicy } from "../policy/diff/access-diff";
import { gatePolicy } from "../stacks/gate-policy";
import { readGateCode } from "../stacks/read-gate";
import { CommandFailure, usageFailure } from "./failures";
import { printable } from "./printable";

/** The file that `edgegate synth` writes for a stack. */
const SYNTHESIZED = "cdk.tf.json";

/**
 * @param file a config, or the `cdk.tf.json` of a gateway
 * @throws ConfigError for a config with mistakes
 * @throws CommandFailure for a stack without a gate
 */
export async function readPolicy(file: string): Promise<ComparedPolicy> {
  if (basename(file) !== SYNTHESIZED) return gatePolicy(loadConfig(file));
  const refuse = (problem: string): never => {
    throw usageFailure(`${printable(file)}: ${problem}`, 'name a config, or what "edgegate synth" wrote');
  };
  if (!existsSync(file)) return refuse("there is no such file");
  const { readTerraformJson } = await import("../local/terraform-json");
  try {
    const stack = readTerraformJson(file);
    const gate = stack.resources("aws_cloudfront_function")["gate"];
    const inputs = Object.values(stack.resources("aws_lambda_invocation")).map(({ input }) => input);
    return gate ? readGateCode(stack.text(gate["code"], "the gate's code"), inputs).policy : refuse("it has no gate");
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    return refuse(printable((error as Error).message));
  }
}
