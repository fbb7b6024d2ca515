/**
 * Sets the retention of replicas' log groups
 * (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html). Only the sweep
 * reads this part of the environment, so that revocations never depend on it.
 */
import { CloudWatchLogsClient, PutRetentionPolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import { NO_REPLICA_ERRORS } from "../../cloudfront/replica-regions";
import { CLIENT_OPTIONS } from "../aws-client-options";
import { days, variable } from "../environment";
import type { ReplicaLogs } from "../ports";

/** Milliseconds for one call with its retries. */
const TIME_LIMIT = 10_000;
const MAX_ATTEMPTS = 3;

export const replicaLogs: ReplicaLogs = {
  wanted: () => ({ groups: variable("REPLICA_LOG_GROUPS").split(","), days: days("LOG_RETENTION_DAYS") }),

  async setRetention(region, group, retentionInDays) {
    const command = new PutRetentionPolicyCommand({ logGroupName: group, retentionInDays });
    // The client is not reused, because it is needed only once a day.
    const client = new CloudWatchLogsClient({ ...CLIENT_OPTIONS, region, maxAttempts: MAX_ATTEMPTS });
    try {
      await client.send(command, { abortSignal: AbortSignal.timeout(TIME_LIMIT) });
      return "set";
    } catch (error) {
      const { name } = error as Error;
      if (NO_REPLICA_ERRORS.includes(name)) return "absent";
      // Many organizations forbid regions that they do not use:
      // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
      if (name === "AccessDeniedException") return "refused";
      throw error;
    } finally {
      client.destroy();
    }
  },
};
