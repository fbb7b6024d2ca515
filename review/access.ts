/** Who gains and who loses access through a plan. */
import { accessDiff, type AccessChange, type ComparedPolicy } from "../policy/diff/access-diff";
import { foreignPart, type GateCode } from "./gateway/gate-code";
import type { Gateway } from "./gateway/gateways";
import { listed, type Sentence } from "./sentence";

export interface GatewayAccess {
  /** Exact, and empty if nothing changes. */
  changes: AccessChange[];
  /** The reason why access cannot be computed. */
  problem?: string;
  /** True if there is no gate yet. */
  isNew: boolean;
}

export function accessOf({ gate, before, after }: Gateway): GatewayAccess {
  const isNew = gate.before === undefined;
  if (gate.action === "none" && before?.policy instanceof Error === false) return { changes: [], isNew };
  try {
    return { changes: accessDiff(policyOf(before, gate.before), policyOf(after, gate.after)), isNew };
  } catch (error) {
    return { changes: [], problem: (error as Error).message, isNew };
  }
}

/** Where access changes. */
export function places(changes: readonly AccessChange[]): Sentence {
  return listed([...new Set(changes.map(({ host, path }) => `${host ?? ""}${path}`))]);
}

/** @throws Error if the policy is not known or cannot be read */
function policyOf(code: GateCode | undefined, values: Gateway["gate"]["before"]): ComparedPolicy {
  // Without a gate, nobody gets anything from it.
  if (values === undefined) return { rules: [] };
  if (code === undefined) throw new Error("only the apply will know the gate's code, or it is not the gate any more");
  if (code.policy instanceof Error) throw code.policy;
  const foreign = foreignPart(code);
  if (foreign !== undefined) throw new Error(`there is code ${foreign} that edgegate does not write`);
  const hosts = code.settings?.["hosts"];
  return { ...code.policy, ...(Array.isArray(hosts) && { hosts: hosts.map(String) }) };
}
