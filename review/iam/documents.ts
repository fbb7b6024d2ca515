/** Which attributes of which resources are policy documents. */
import type { Change } from "../plan/plan";

/** What a document decides: who may assume a role, what an identity may do, or who may use a resource. */
export type Kind = "trust" | "identity" | "resource";

const DOCUMENTS: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  aws_iam_role: { assume_role_policy: "trust" },
  aws_iam_role_policy: { policy: "identity" },
  aws_iam_policy: { policy: "identity" },
  aws_iam_user_policy: { policy: "identity" },
  aws_iam_group_policy: { policy: "identity" },
  aws_s3_bucket_policy: { policy: "resource" },
  aws_sqs_queue_policy: { policy: "resource" },
  aws_sqs_queue: { policy: "resource" },
  aws_sns_topic_policy: { policy: "resource" },
  aws_sns_topic: { policy: "resource" },
  aws_kms_key: { policy: "resource" },
  aws_kms_key_policy: { policy: "resource" },
  aws_secretsmanager_secret: { policy: "resource" },
  aws_secretsmanager_secret_policy: { policy: "resource" },
  aws_dynamodb_resource_policy: { policy: "resource" },
  aws_cloudwatch_log_resource_policy: { policy_document: "resource" },
  aws_cloudwatch_event_bus_policy: { policy: "resource" },
};

/** The attributes of a resource that are policy documents. */
export function documentsOf({ type }: Change): [attribute: string, kind: Kind][] {
  return Object.entries(DOCUMENTS[type] ?? {});
}
