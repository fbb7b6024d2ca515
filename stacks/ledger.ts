import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import { LEDGER_TABLES, TTL_ATTRIBUTE } from "../ledger/tables";
import { revocationsTableName, sessionsTableName } from "./names";

interface Table {
  hashKey: string;
  rangeKey?: string;
}

/** The tables of sessions and revocations: the source of truth, from which the store can be rebuilt. */
export class Ledger extends Construct {
  readonly sessions: DynamodbTable;
  readonly revocations: DynamodbTable;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    this.sessions = table(this, "sessions", sessionsTableName(config), LEDGER_TABLES.sessions, config);
    this.revocations = table(this, "revocations", revocationsTableName(config), LEDGER_TABLES.revocations, config);
  }
}

function table(
  scope: Construct,
  id: string,
  name: string,
  { hashKey, rangeKey }: Table,
  { kmsKeyArn, deletionProtection }: Config,
): DynamodbTable {
  const keys = [hashKey, ...(rangeKey === undefined ? [] : [rangeKey])];
  return new DynamodbTable(scope, id, {
    name,
    billingMode: "PAY_PER_REQUEST",
    hashKey,
    ...(rangeKey !== undefined && { rangeKey }),
    attribute: keys.map((key) => ({ name: key, type: "S" })),
    ttl: { attributeName: TTL_ATTRIBUTE, enabled: true },
    pointInTimeRecovery: { enabled: true },
    deletionProtectionEnabled: deletionProtection,
    lifecycle: { preventDestroy: deletionProtection },
    // Always encrypted; without this block, with a key that AWS owns.
    ...(kmsKeyArn !== undefined && { serverSideEncryption: { enabled: true, kmsKeyArn } }),
  });
}
