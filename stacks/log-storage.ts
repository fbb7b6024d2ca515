import type { CloudwatchLogGroupConfig } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import type { Config } from "../config/schema";

/** The retention of a log group, and the key that encrypts it. */
export function logStorage(config: Config): Pick<CloudwatchLogGroupConfig, "retentionInDays" | "kmsKeyId"> {
  return {
    retentionInDays: config.logRetentionDays,
    ...(config.logKmsKeyArn !== undefined && { kmsKeyId: config.logKmsKeyArn }),
  };
}
