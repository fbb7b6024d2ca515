/**
 * Copies the audit events of all logs into one bucket, every hour (docs/decisions/0074-audit-archive.md). Handlers and
 * gate do not depend on it, so a failure of the archive does not affect sign-ins.
 */
import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { AssetType, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import { archivePrefix } from "../audit/archive";
import type { EventSource } from "../audit/event";
import { archiveOf } from "../config/audit";
import type { Config } from "../config/schema";
import { ControlPlaneFunction } from "./control-plane-function";
import { allow, type Statement } from "./iam";
import {
  accessLogGroupName,
  archiverFunctionName,
  authFunctionName,
  bearerFunctionName,
  edgeLogGroupName,
  keyRotatorFunctionName,
  logGroupName,
  revocationConsumerFunctionName,
  revokerFunctionName,
  siteFunctionName,
} from "./names";
import { expiration, PrivateBucket } from "./private-bucket";

/** Seconds. Enough for a day of hours that had to wait. */
const TIMEOUT = 900;
/** Twenty minutes after each hour: functions and CloudFront have delivered its lines by then. */
const SCHEDULE = "cron(20 * * * ? *)";

export interface AuditArchiveProps {
  config: Config;
  /** Path of the function's zip. */
  zip: string;
  /** True if there is an access log in CloudWatch, which has the gate's refusals. */
  hasAccessLog: boolean;
}

export class AuditArchive extends Construct {
  readonly bucketName: string;

  constructor(scope: Construct, id: string, { config, zip, hasAccessLog }: AuditArchiveProps) {
    super(scope, id);
    const bucket = bucketFor(this, config);
    this.bucketName = bucket.name;
    const logs = archivedLogs(config, hasAccessLog);
    const archiver = new ControlPlaneFunction(this, "Resource", {
      config,
      functionName: archiverFunctionName(config),
      description: `Archives the audit events of ${config.name}`,
      zip: new TerraformAsset(this, "zip", { path: zip, type: AssetType.FILE }),
      permissions: [...reading(logs), ...adding(bucket.arn, config)],
      environment: {
        GATEWAY: config.name,
        ARCHIVE_BUCKET: bucket.name,
        ARCHIVED_LOGS: logs
          .map(({ source, group, isReplicated }) => `${source}=${group}${isReplicated ? "*" : ""}`)
          .join(),
        LOG_RETENTION_DAYS: String(config.logRetentionDays),
      },
      timeout: TIMEOUT,
      // Two runs would write the same objects twice.
      concurrency: 1,
    });
    const rule = new CloudwatchEventRule(this, "schedule", {
      name: `${config.name}-archive`,
      description: `Archives the audit events of the last hour: ${config.name}`,
      scheduleExpression: SCHEDULE,
    });
    const invocation = archiver.allowInvocation("invocation", {
      statementId: "Archive",
      principal: "events.amazonaws.com",
      sourceArn: rule.arn,
    });
    new CloudwatchEventTarget(this, "target", {
      rule: rule.name,
      arn: archiver.arn,
      input: "{}",
      dependsOn: [invocation],
    });
  }
}

interface ArchivedLog {
  source: EventSource;
  group: string;
  isReplicated: boolean;
}

/**
 * The site handler and the bearer handler are included even if the config has none, because a removed one leaves its
 * logs behind.
 */
function archivedLogs(config: Config, hasAccessLog: boolean): ArchivedLog[] {
  const atEdge = (source: EventSource, name: string) => ({ source, group: edgeLogGroupName(name), isReplicated: true });
  const atHome = (source: EventSource, name: string) => ({ source, group: logGroupName(name), isReplicated: false });
  return [
    ...(hasAccessLog ? [{ source: "gate", group: accessLogGroupName(config), isReplicated: false } as const] : []),
    atEdge("auth", authFunctionName(config)),
    atEdge("bearer", bearerFunctionName(config)),
    atEdge("site", siteFunctionName(config)),
    atHome("revoker", revokerFunctionName(config)),
    atHome("revocations", revocationConsumerFunctionName(config)),
    atHome("key-rotator", keyRotatorFunctionName(config)),
  ];
}

/** Exactly these logs: those of handlers in every region in which a replica may run. */
function reading(logs: readonly ArchivedLog[]): Statement[] {
  return [
    allow(
      "Events",
      "logs:FilterLogEvents",
      logs.map(({ group, isReplicated }) => `arn:aws:logs:${isReplicated ? "*" : "us-east-1"}:*:log-group:${group}:*`),
    ),
  ];
}

/** Nothing here reads, deletes or unlocks an object. */
function adding(bucketArn: string, { name }: Config): Statement[] {
  const prefix = `${archivePrefix(name)}*`;
  return [
    allow("Add", "s3:PutObject", `${bucketArn}/${prefix}`),
    allow("SeeWhatIsThere", "s3:ListBucket", bucketArn, { StringLike: { "s3:prefix": prefix } }),
  ];
}

function bucketFor(scope: Construct, config: Config): { name: string; arn: string } {
  const { bucketArn, retentionDays, objectLock } = archiveOf(config)!;
  if (bucketArn !== undefined) return { name: bucketArn.split(":").at(-1)!, arn: bucketArn };
  return new ArchiveBucket(scope, "bucket", config, retentionDays, objectLock);
}

class ArchiveBucket extends PrivateBucket {
  constructor(
    scope: Construct,
    id: string,
    { name, deletionProtection }: Config,
    days: number,
    objectLock: "governance" | "compliance" | false,
  ) {
    super(scope, id, {
      name: { bucketPrefix: `${name}-audit-` },
      deletionProtection,
      lifecycle: expiration(days),
      ...(objectLock && { lock: { mode: objectLock === "compliance" ? "COMPLIANCE" : "GOVERNANCE", days } }),
    });
    this.allow([]);
  }
}
