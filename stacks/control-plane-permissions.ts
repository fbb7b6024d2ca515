/** What the functions that keep keys, revocations and the store share of permissions. */
import type { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import type { Statement } from "./iam";
import type { Ledger } from "./ledger";
import type { SessionStore } from "./session-store";

/** One ETag is for the whole store, so whoever writes also lists: to make it right where somebody else wrote. */
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

/** Revocations, and what shards and store must say. No item is ever deleted: time to live does that. */
export function revocationsAccess(ledger: Ledger): Statement {
  return {
    Sid: "Revocations",
    Effect: "Allow",
    Action: ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem"],
    Resource: ledger.revocations.arn,
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

/** New keys: the next version of the secret, and which one counts. */
export function keysWriting(secret: SecretsmanagerSecret): Statement {
  return {
    Sid: "NewKeys",
    Effect: "Allow",
    Action: ["secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"],
    Resource: secret.arn,
  };
}
