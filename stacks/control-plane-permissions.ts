/** Permissions that the functions for keys, revocations and the store share. */
import type { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import type { Config } from "../config/schema";
import { allow, type Statement } from "./iam";
import type { Ledger } from "./ledger";
import { replicaLogGroupNames } from "./names";
import type { SessionStore } from "./session-store";

/** The store has one ETag, so a writer must also be able to list it, to reconcile it after another writer. */
export function storeAccess(store: SessionStore): Statement {
  return allow(
    "Store",
    [
      "cloudfront-keyvaluestore:DescribeKeyValueStore",
      "cloudfront-keyvaluestore:GetKey",
      "cloudfront-keyvaluestore:ListKeys",
      "cloudfront-keyvaluestore:UpdateKeys",
    ],
    store.arn,
  );
}

/** Revocations, and the states of shards and store. Only DynamoDB's time to live deletes items. */
export function revocationsAccess(ledger: Ledger): Statement {
  return allow(
    "Revocations",
    ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem"],
    ledger.revocations.arn,
  );
}

/** Reading and writing what servers share with the gate, which only the key rotator writes. */
export function sharedSecretAccess(sid: string, secret: SecretsmanagerSecret): Statement {
  return allow(
    sid,
    [
      "secretsmanager:DescribeSecret",
      "secretsmanager:GetSecretValue",
      "secretsmanager:PutSecretValue",
      "secretsmanager:UpdateSecretVersionStage",
    ],
    secret.arn,
  );
}

export function keysReading(secret: SecretsmanagerSecret): Statement {
  return allow("SessionKeys", ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], secret.arn);
}

/** New keys: stores versions of the secret, and makes one of them current. */
export function keysWriting(secret: SecretsmanagerSecret): Statement {
  return allow("NewKeys", ["secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"], secret.arn);
}

/**
 * The retention of exactly the replicas' log groups, in every region. Nothing is listed first: IAM cannot limit
 * `logs:DescribeLogGroups` to names (https://github.com/hashicorp/terraform-provider-aws/issues/8804).
 */
export function replicaLogRetention(config: Config): Statement {
  return allow(
    "ReplicaLogs",
    "logs:PutRetentionPolicy",
    replicaLogGroupNames(config).map((name) => `arn:aws:logs:*:*:log-group:${name}:*`),
  );
}
