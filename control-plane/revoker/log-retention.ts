/**
 * Sets the retention of replicas' log groups. They contain IP addresses and uids, and would keep them forever
 * (docs/decisions/0049-log-retention.md).
 */
import { REPLICA_REGIONS } from "../../cloudfront/replica-regions";
import { describeError } from "../errors";
import type { RevokerPorts } from "../ports";

/** Terraform makes the groups of this region, with their retention. */
const HOME = "us-east-1";

export interface LogRetention {
  /** How many log groups of replicas have the config's retention now. */
  logGroups: number;
  /** Calls that a policy of the account forbids. */
  logGroupsRefused: number;
  /** Calls that failed, with a log line for each. */
  logGroupsFailed: number;
}

/** Gives the replicas' log groups of every region the config's retention. Never throws: revocations come first. */
export async function limitLogRetention({
  replicaLogs,
  log,
}: Pick<RevokerPorts, "replicaLogs" | "log">): Promise<LogRetention> {
  const failed = (error: unknown, place?: { region: string; logGroup: string }) => {
    log({ operation: "sweep", outcome: "retention_failed", ...place, detail: describeError(error) });
    return "failed" as const;
  };
  const set = async (region: string, group: string, days: number) => {
    try {
      return await replicaLogs.setRetention(region, group, days);
    } catch (error) {
      return failed(error, { region, logGroup: group });
    }
  };
  const setEverywhere = async () => {
    const { groups, days } = replicaLogs.wanted();
    const regions = REPLICA_REGIONS.filter((region) => region !== HOME);
    return Promise.all(regions.flatMap((region) => groups.map((group) => set(region, group, days))));
  };
  const outcomes = await setEverywhere().catch((error: unknown) => [failed(error)]);
  const count = (outcome: (typeof outcomes)[number]) => outcomes.filter((one) => one === outcome).length;
  return { logGroups: count("set"), logGroupsRefused: count("refused"), logGroupsFailed: count("failed") };
}
