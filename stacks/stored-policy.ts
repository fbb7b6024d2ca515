import { LambdaInvocation } from "@cdktf/provider-aws/lib/lambda-invocation";
import type { CloudfrontFunction } from "@cdktf/provider-aws/lib/cloudfront-function";
import { Construct } from "constructs";
import type { StoredPolicy } from "../policy/stored/compile";
import type { SessionStore } from "./session-store";

export interface StoredPolicyProps {
  stored: StoredPolicy;
  /** Of the function that writes the store, for direct calls. */
  revokerName: string;
  store: SessionStore;
  gate: CloudfrontFunction;
}

/**
 * A policy that is too large for the gate's source, in the store. Only the gateway's own functions write the store, so
 * Terraform calls one: before it deploys a gate that reads new records, and after it, when old ones may go
 * (control-plane/policy-records/publish.ts). A gate never sees half of a policy, because the records' names have a digest
 * of all of them.
 *
 * A plan shows the records, and calls nothing unless they change
 * (https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/lambda_invocation).
 */
export class StoredPolicyRecords extends Construct {
  constructor(scope: Construct, id: string, { stored, revokerName, store, gate }: StoredPolicyProps) {
    super(scope, id);
    const { generation } = stored.index;
    // Another store has none of the records.
    const triggers = { store: store.arn };
    const published = new LambdaInvocation(this, "publish", {
      functionName: revokerName,
      input: JSON.stringify({ operation: "publish-policy", records: stored.records }),
      triggers,
    });
    gate.dependsOn = [...(gate.dependsOn ?? []), `${published.terraformResourceType}.${published.friendlyUniqueId}`];
    new LambdaInvocation(this, "settle", {
      functionName: revokerName,
      input: JSON.stringify({ operation: "settle-policy", generation }),
      triggers,
      dependsOn: [gate],
    });
  }
}
