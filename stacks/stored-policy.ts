import { LambdaInvocation } from "@cdktf/provider-aws/lib/lambda-invocation";
import type { CloudfrontFunction } from "@cdktf/provider-aws/lib/cloudfront-function";
import { Construct } from "constructs";
import type { StoredPolicy } from "../policy/stored/compile";
import type { SessionStore } from "./session-store";

export interface StoredPolicyProps {
  stored: StoredPolicy;
  /** Name of the function that writes the store, for direct calls. */
  revokerName: string;
  store: SessionStore;
  /** The gates that read the policy. */
  gates: readonly CloudfrontFunction[];
}

/**
 * A policy that is too large for the gate's source, in the store. Only the gateway's own functions write the store, so
 * Terraform calls one: before it deploys a gate that reads new records, and again after that, to delete old ones
 * (control-plane/policy-records/publish.ts). A gate never sees half of a policy, because the records' names have a
 * digest of all of them.
 *
 * A plan shows the records, and calls nothing unless they change
 * (https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/lambda_invocation).
 */
export class StoredPolicyRecords extends Construct {
  constructor(scope: Construct, id: string, { stored, revokerName, store, gates }: StoredPolicyProps) {
    super(scope, id);
    const { generation } = stored.index;
    // A new store has no records, so a replaced store calls it again.
    const triggers = { store: store.arn };
    const published = new LambdaInvocation(this, "publish", {
      functionName: revokerName,
      input: JSON.stringify({ operation: "publish-policy", records: stored.records }),
      triggers,
    });
    for (const gate of gates)
      gate.dependsOn = [...(gate.dependsOn ?? []), `${published.terraformResourceType}.${published.friendlyUniqueId}`];
    new LambdaInvocation(this, "settle", {
      functionName: revokerName,
      input: JSON.stringify({ operation: "settle-policy", generation }),
      triggers,
      dependsOn: [...gates],
    });
  }
}

/** Puts the policy into the store if it does not fit into the source of one of the gates. */
export function storePolicyOf(
  scope: Construct,
  gates: readonly { stored: StoredPolicy | undefined; resource: CloudfrontFunction }[],
  where: Pick<StoredPolicyProps, "revokerName" | "store">,
): void {
  const readers = gates.filter(({ stored }) => stored !== undefined);
  const stored = readers[0]?.stored;
  if (stored)
    new StoredPolicyRecords(scope, "gate_rules", { ...where, stored, gates: readers.map((gate) => gate.resource) });
}
