/** Mistakes in what a gateway has in its AWS account: logs, alarms, keys, roles, tags and Terraform's state. */
import { UNKNOWN, type Mistake } from "../small-config";

const TAG_TEXT = "letters, digits, spaces and _ . : / = + @ -";
const TAG_KEY = `write tag keys of 1 to 128 characters, ${TAG_TEXT}, that do not start with "aws:"`;
const TAG_VALUE = `write a value of at most 256 characters, ${TAG_TEXT}`;

export const DEPLOYMENT_MISTAKES: Mistake[] = [
  [{ dashboard: "small" }, "dashboard", 'write true or false; it is "small"'],
  [{ storeAccessAlarm: "pager" }, "storeAccessAlarm", 'write true or false; it is "pager"'],
  [
    { logRetentionDays: 31 },
    "logRetentionDays",
    "write a retention that CloudWatch Logs knows, such as 30, 90 or 365; it is 31",
  ],
  ...["alias/gateway", "arn:aws:kms:eu-west-1:111122223333:key/0a"].map((kmsKeyArn): Mistake => [
    { kmsKeyArn },
    "kmsKeyArn",
    `write the ARN of a KMS key in us-east-1; it is "${kmsKeyArn}"`,
  ]),
  ...["pager", "arn:aws:sns:eu-west-1:111122223333:pager", "arn:aws:sns:us-east-1:111122223333:pager.fifo"].map(
    (alarmTopicArn): Mistake => [
      { alarmTopicArn },
      "alarmTopicArn",
      `write the ARN of an SNS topic in us-east-1; it is "${alarmTopicArn}"`,
    ],
  ),
  [{ reserveConcurrency: 1 }, "reserveConcurrency", "write true or false; it is 1"],
  [{ deletionProtection: "off" }, "deletionProtection", 'write true or false; it is "off"'],
  [{ state: "bucket" }, "state", 'write an object; it is "bucket"'],
  [{ state: { region: "eu-central-1" } }, "state.bucket", "write the name of the state bucket; it is missing"],
  [
    { state: { bucket: "ab", region: "eu-central-1" } },
    "state.bucket",
    'write the name of the state bucket; it is "ab"',
  ],
  [
    { state: { bucket: "states", region: "eu-central-1", key: "" } },
    "state.key",
    'write the key of the state file; it is ""',
  ],
  [
    { state: { bucket: "states", region: "Frankfurt" } },
    "state.region",
    'write a region, such as "eu-central-1"; it is "Frankfurt"',
  ],
  [{ tags: [] }, "tags", "write an object; it is []"],
  ...["aws:team", "AWS:team", "", "cost$", "a\tb", "x".repeat(129)].map((key): Mistake => [
    { tags: { [key]: "a" } },
    `tags.${key}`,
    `${TAG_KEY}; it is ${JSON.stringify(key)}`,
  ]),
  [{ tags: { team: 1 } }, "tags.team", `${TAG_VALUE}; it is 1`],
  ...["a,b", "50%", "a\nb"].map((value): Mistake => [
    { tags: { team: value } },
    "tags.team",
    `${TAG_VALUE}; it is ${JSON.stringify(value)}`,
  ]),
  [{ tags: { team: "x".repeat(257) } }, "tags.team", TAG_VALUE],
  [
    { tags: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`key-${i}`, ""])) },
    "tags",
    "write at most 49 tags: AWS takes 50, and the gateway sets one",
  ],
  [{ tags: { Edgegate: "a" } }, "tags.Edgegate", "IAM takes it for the gateway's own tag; write another key"],
  [{ tags: { team: "a", Team: "b" } }, "tags.Team", 'IAM takes it for "team"; write another key'],
  ...["11112222333", "111122223333 ", "my-account"].map((accountId): Mistake => [
    { accountId },
    "accountId",
    `write an account ID of 12 digits, such as "111122223333"; it is "${accountId}"`,
  ]),
  [{ iam: { role: "gateway" } }, "iam.role", UNKNOWN],
  ...["boundary", "arn:aws:iam::111122223333:role/boundary"].map((permissionsBoundaryArn): Mistake => [
    { iam: { permissionsBoundaryArn } },
    "iam.permissionsBoundaryArn",
    `write the ARN of a managed policy, such as "arn:aws:iam::111122223333:policy/boundary"; it is "${permissionsBoundaryArn}"`,
  ]),
  ...["gateway", "/gateway", "gateway/", "//", "/a b/"].map((rolePath): Mistake => [
    { iam: { rolePath } },
    "iam.rolePath",
    `write a path that begins and ends with a slash, such as "/gateway/"; it is "${rolePath}"`,
  ]),
  [{ iam: { rolePath: `/${"x".repeat(511)}/` } }, "iam.rolePath", "write at most 512 characters"],
  ...["", "a/", "x".repeat(23)].map((roleNamePrefix): Mistake => [
    { iam: { roleNamePrefix } },
    "iam.roleNamePrefix",
    `write a prefix of 1 to 22 characters, such as "app-"; it is "${roleNamePrefix}"`,
  ]),
  ...["example-logs", "arn:aws:s3:::Logs", "arn:aws:s3:::logs/path"].map((accessLogBucketArn): Mistake => [
    { accessLogBucketArn },
    "accessLogBucketArn",
    `write the ARN of a bucket, such as "arn:aws:s3:::example-logs"; it is "${accessLogBucketArn}"`,
  ]),
  [{ logKmsKeyArn: "alias/logs" }, "logKmsKeyArn", 'write the ARN of a KMS key in us-east-1; it is "alias/logs"'],
];
