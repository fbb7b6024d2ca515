/** Permissions that the functions for keys, revocations and the store share. */
import type { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import type { Config } from "../config/schema";
import type { Statement } from "./iam";
import type { Ledger } from "./ledger";
import { replicaLogGroupNames } from "./names";
import type { SessionStore } from "./session-store";

/** The store has one ETag, so a writer must also be able to list it, to reconcile it after another writer. */
export function storeAccess(store: SessionStore): Statement {
  return {
    Sid: "Store",
    Effect: "Allow",
    Action: [
      "cloudfront-keyvaluestore:DescribeKeyValueStore",
      "cloudfront-keyvaluestore:GetKey",
      "cloudfront-keyvaluestore:ListKeys",
      "cloudfront-keyvaluestore:UpdateKeys",
    ],
    Resource: store.arn,
  };
}

/** Revocations, and the states of shards and store. Only DynamoDB's time to live deletes items. */
export function revocationsAccess(ledger: Ledger): Statement {
  return {
    Sid: "Revocations",
    Effect: "Allow",
    Action: ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem"],
    Resource: ledger.revocations.arn,
  };
}

/** Reading and writing the origin secret, which only the key rotator writes. */
export function originSecretAccess(secret: SecretsmanagerSecret): Statement {
  return sharedSecretAccess("OriginSecret", secret);
}

/** The same for the keys of assertions. */
export function assertionKeysAccess(secret: SecretsmanagerSecret): Statement {
  return sharedSecretAccess("AssertionKeys", secret);
}

function sharedSecretAccess(sid: string, secret: SecretsmanagerSecret): Statement {
  return {
    Sid: sid,
    Effect: "Allow",
    Action: [
      "secretsmanager:DescribeSecret",
      "secretsmanager:GetSecretValue",
      "secretsmanager:PutSecretValue",
      "secretsmanager:UpdateSecretVersionStage",
    ],
    Resource: secret.arn,
  };
}

export function keysReading(secret: SecretsmanagerSecret): Statement {
  return {
    Sid: "SessionKeys",
    Effect: "Allow",
    Action: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
    Resource: secret.arn,
  };
}

/** New keys: stores versions of the secret, and makes one of them current. */
export function keysWriting(secret: SecretsmanagerSecret): Statement {
  return {
    Sid: "NewKeys",
    Effect: "Allow",
    Action: ["secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"],
    Resource: secret.arn,
  };
}

/**
 * The retention of exactly the replicas' log groups, in every region. Nothing is listed first: IAM cannot limit
 * `logs:DescribeLogGroups` to names (https://github.com/hashicorp/terraform-provider-aws/issues/8804).
 */
export function replicaLogRetention(config: Config): Statement {
  return {
    Sid: "ReplicaLogs",
    Effect: "Allow",
    Action: "logs:PutRetentionPolicy",
    Resource: replicaLogGroupNames(config).map((name) => `arn:aws:logs:*:*:log-group:${name}:*`),
  };
}
