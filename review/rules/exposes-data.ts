/** Settings that keep buckets closed, data encrypted and functions without a public URL. */
import type { Values } from "../plan/plan";
import { block, strings } from "../plan/values";
import { say } from "../sentence";
import { aboutChanges, high, medium } from "../rule";

const BLOCKS = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];
/** By type: the attribute with the key that encrypts. */
const KEYS: Readonly<Record<string, string>> = {
  aws_secretsmanager_secret: "kms_key_id",
  aws_cloudwatch_log_group: "kms_key_id",
  aws_sqs_queue: "kms_master_key_id",
  aws_sns_topic: "kms_master_key_id",
  aws_ssm_parameter: "key_id",
};

export const exposesData = aboutChanges({
  id: "exposes-data",
  exceptWithOwner: true,
  title: "Opens a bucket or takes away encryption",
  help: "Files of a site must be readable through CloudFront only. Everything else of the gateway is for its own functions.",
  types: [
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_acl",
    "aws_s3_bucket_website_configuration",
    "aws_dynamodb_table",
    "aws_lambda_function_url",
    ...Object.keys(KEYS),
  ],
  examine: ({ type, action, before, after }) => {
    if (type === "aws_s3_bucket_public_access_block") {
      const off = BLOCKS.filter((name) => before?.[name] === true && after?.[name] !== true);
      if (action === "replace" && off.length === 0) return [];
      return [
        off.length > 0 && high(say`The bucket ${String(before!["bucket"])} can become public (${off.join(", ")}).`),
      ];
    }
    if (type === "aws_s3_bucket_acl")
      return [
        /^public|^authenticated/.test(String(after?.["acl"])) &&
          high(say`The bucket ${String(after!["bucket"])} is readable by others (${String(after!["acl"])}).`),
      ];
    if (type === "aws_s3_bucket_website_configuration")
      return [
        action === "create" &&
          medium(say`The bucket ${String(after!["bucket"])} gets a web address of its own, without the gate.`),
      ];
    if (type === "aws_lambda_function_url")
      return [
        after?.["authorization_type"] === "NONE" &&
          before?.["authorization_type"] !== "NONE" &&
          high(say`The function ${String(after["function_name"])} can be called by anybody at an address of its own.`),
      ];
    if (action !== "update") return [];
    const [was, is] = [before!, after!].map((values) => keyOf(type, values));
    return [was !== "" && is === "" && medium(say`Your own key no longer encrypts it.`)];
  },
});

function keyOf(type: string, values: Values): string {
  if (type === "aws_dynamodb_table") return strings(block(values["server_side_encryption"])["kms_key_arn"]).join("");
  return strings(values[KEYS[type]!]).join("");
}
