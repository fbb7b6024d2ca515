/** The parts of a config that determine the gate's decisions. */
import type { Config } from "../config/schema";
import type { ComparedPolicy } from "../policy/diff/access-diff";
import { hostsOf } from "./settings";

export function gatePolicy(config: Config): ComparedPolicy {
  const { policy, maintenance } = config;
  return { rules: policy, hosts: hostsOf(config), ...(maintenance && { closedTo: maintenance.allow?.roles ?? [] }) };
}
