/** What an audit is about, and the filter patterns that find it in the logs. */
import { isIP } from "node:net";
import { isAttached } from "../../config/distribution";
import type { Config } from "../../config/schema";
import { REPLICA_REGIONS } from "../../cloudfront/replica-regions";
import {
  accessLogGroupName,
  authFunctionName,
  edgeLogGroupName,
  logGroupName,
  revocationConsumerFunctionName,
  revokerFunctionName,
} from "../../stacks/names";
import type { LogSource } from "./read-logs";

/** A pattern has at most 1,024 characters; an IPv6 address and its selector have about 60. */
const MAX_ADDRESSES = 8;
/** Somebody has several uids if they sign in with several identity providers. */
const MAX_UIDS = 8;

/** The logs that know a user by uid. A lockdown concerns everybody. */
export function sourcesForUids(config: Config, uids: readonly string[]): LogSource[] {
  const some = uids.slice(0, MAX_UIDS);
  const isUser = some.map((uid) => `$.uid = "${uid}"`).join(" || ");
  return [
    ...accessLog(config, some.map((uid) => `$.viewer-request-log-data = "* ${uid}"`).join(" || ")),
    ...handlerLogs(config, isUser),
    ...[revocationConsumerFunctionName(config), revokerFunctionName(config)].map((name): LogSource => ({
      kind: "control-plane",
      group: logGroupName(name),
      region: "us-east-1",
      pattern: `{ ${isUser} || $.operation = "lockdown" }`,
    })),
  ];
}

/**
 * The requests from these addresses that were not allowed with a session: no line about them has a uid. Addresses that
 * are none are left out, because they become part of the pattern.
 */
export function sourcesForAddresses(config: Config, addresses: readonly string[]): LogSource[] {
  const some = addresses.filter((address) => isIP(address) !== 0).slice(0, MAX_ADDRESSES);
  if (some.length === 0) return [];
  const isFrom = (selector: string) => some.map((address) => `${selector} = "${address}"`).join(" || ");
  return [
    ...accessLog(config, `(${isFrom("$.c-ip")}) && $.viewer-request-log-data != "allow *"`),
    ...handlerLogs(config, isFrom("$.address")),
  ];
}

export function sourcesForRequest(config: Config, requestId: string): LogSource[] {
  return [
    ...accessLog(config, `$.x-edge-request-id = "${requestId}"`),
    ...handlerLogs(config, `$.requestId = "${requestId}"`),
  ];
}

/** Nothing if the access log goes to a bucket. */
function accessLog(config: Config, condition: string): LogSource[] {
  if (config.accessLogBucketArn !== undefined || isAttached(config)) return [];
  return [{ kind: "access", group: accessLogGroupName(config), region: "us-east-1", pattern: `{ ${condition} }` }];
}

/** A replica logs in the region where it runs. */
function handlerLogs(config: Config, condition: string): LogSource[] {
  const group = edgeLogGroupName(authFunctionName(config));
  return REPLICA_REGIONS.map((region) => ({ kind: "sign-in", group, region, pattern: `{ ${condition} }` }));
}
