import type { CloudwatchLogGroupConfig } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import type { Config } from "../config/schema";

/** How long a log group keeps what is in it, and with which key it encrypts. */
export function logStorage(config: Config): Pick<CloudwatchLogGroupConfig, "retentionInDays" | "kmsKeyId"> {
  return {
    retentionInDays: config.logRetentionDays,
    ...(config.logKmsKeyArn !== undefined && { kmsKeyId: config.logKmsKeyArn }),
  };
}
