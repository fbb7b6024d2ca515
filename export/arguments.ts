/** The arguments of a module's call: the values of a config that has the same shape as the exported one. */
import type { Config } from "../config/schema";
import { durationOf } from "./duration";
import type { GatewayModule } from "./module";
import { put, valueAt } from "./nested";
import { policyArguments } from "./policy-arguments";
import type { Replaced } from "./template";

/** The arguments of the call that make the module the gateway of this config, as plain values. */
export function argumentsOf(config: Config, { replaced, hasPolicy }: GatewayModule): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const each of replaced) put(given, each.place, argumentOf(valueAt(config, each.keys), each));
  return hasPolicy ? { ...given, ...policyArguments(config) } : given;
}

function argumentOf(value: unknown, { option }: Replaced): unknown {
  return option.seconds ? durationOf(Number(value)) : value;
}
