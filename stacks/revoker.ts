import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import type { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { AssetType, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import { ControlPlaneFunction } from "./control-plane-function";
import {
  keysReading,
  keysWriting,
  replicaLogRetention,
  revocationsAccess,
  storeAccess,
} from "./control-plane-permissions";
import { allow, keyUse, type Statement } from "./iam";
import type { Ledger } from "./ledger";
import { replicaLogGroupNames, revocationConsumerFunctionName, revokerFunctionName } from "./names";
import { CONSUMER_CONCURRENCY, RevocationQueues } from "./revocation-queues";
import { RevocationTopic } from "./revocation-topic";
import { PROPAGATION } from "../session/timing";
import type { SessionStore } from "./session-store";

/**
 * Seconds. A batch takes a few. A failed batch is delivered again after six times the timeout, so the timeout is short.
 */
const BATCH_TIMEOUT = 60;
/** Seconds. A sweep or a rebuild reads the whole ledger, and may write thousands of records. */
const OPERATION_TIMEOUT = 900;

/** Operations that run on a schedule (control-plane/revoker/command.ts). */
const SCHEDULES = {
  tidy: {
    statementId: "Tidy",
    rate: "rate(5 minutes)",
    does: "Removes expired entries from the store",
  },
  sweep: { statementId: "Sweep", rate: "rate(1 day)", does: "Reconciles the store with ledger and keys" },
} as const;

export interface RevokerProps {
  config: Config;
  /** Path of the functions' zip. */
  zip: string;
  /** The session-keys secret. */
  secret: SecretsmanagerSecret;
  store: SessionStore;
  ledger: Ledger;
}

/**
 * Carries out revocations. One function reads the queues; the other serves operators, the customer's programs and the
 * schedules. Both run the same code, but a sweep takes minutes, and a failed message waits for six times its function's
 * timeout.
 */
export class Revoker extends Construct {
  /** Name of the function that operators, schedules and Terraform call. */
  readonly functionName: string;
  readonly logGroupName: string;
  /** Names of the log groups of both functions. */
  readonly logGroupNames: readonly string[];
  readonly queues: RevocationQueues;
  readonly topic: RevocationTopic;

  constructor(scope: Construct, id: string, props: RevokerProps) {
    super(scope, id);
    const { config } = props;
    const zip = new TerraformAsset(this, "zip", { path: props.zip, type: AssetType.FILE });
    const topic = new RevocationTopic(this, "topic", config);
    this.topic = topic;
    this.queues = new RevocationQueues(this, "queue", {
      config,
      consumerTimeout: BATCH_TIMEOUT,
      senders: (arn) => [topic.sends(arn)],
    });
    topic.deliverTo(this.queues.revocations, config);
    const environment = {
      KEY_VALUE_STORE_ARN: props.store.arn,
      SESSION_KEYS_SECRET_ARN: props.secret.arn,
      SESSIONS_TABLE: props.ledger.sessions.name,
      REVOCATIONS_TABLE: props.ledger.revocations.name,
      DEAD_QUEUE_URL: this.queues.dead.url,
      SESSION_SECONDS: String(config.session.absolute),
      TOKEN_SECONDS: String(config.session.token),
      PROPAGATION_SECONDS: String(PROPAGATION),
    };
    const consumer = new ControlPlaneFunction(this, "consumer", {
      config,
      functionName: revocationConsumerFunctionName(config),
      description: `Carries out the queued revocations of ${config.name}`,
      zip,
      permissions: [
        ...common(props),
        ...this.#forConsumer(props),
        ...keyUse(config, ["dynamodb", "secretsmanager", "sqs"]),
      ],
      environment,
      timeout: BATCH_TIMEOUT,
      concurrency: CONSUMER_CONCURRENCY,
    });
    const operator = new ControlPlaneFunction(this, "Resource", {
      config,
      functionName: revokerFunctionName(config),
      description: `Revokes sessions of ${config.name}, and reconciles the store that the gate reads`,
      zip,
      permissions: [...common(props), ...forOperator(props), ...keyUse(config, ["dynamodb", "secretsmanager"])],
      environment: {
        ...environment,
        REPLICA_LOG_GROUPS: replicaLogGroupNames(config).join(","),
        LOG_RETENTION_DAYS: String(config.logRetentionDays),
      },
      timeout: OPERATION_TIMEOUT,
      // A lockdown must not wait for another operator's list of sessions.
      concurrency: 5,
    });
    this.functionName = operator.functionName;
    this.logGroupName = operator.logGroupName;
    this.logGroupNames = [consumer.logGroupName, operator.logGroupName];
    this.queues.deliverTo(consumer);
    for (const operation of ["tidy", "sweep"] as const) this.#schedule(operation, operator, config);
  }

  #schedule(operation: keyof typeof SCHEDULES, operator: ControlPlaneFunction, config: Config): void {
    const { statementId, rate, does } = SCHEDULES[operation];
    const rule = new CloudwatchEventRule(this, operation, {
      name: `${config.name}-${operation}`,
      description: `${does}: ${config.name}`,
      scheduleExpression: rate,
    });
    const invocation = operator.allowInvocation(`${operation}_invocation`, {
      statementId,
      principal: "events.amazonaws.com",
      sourceArn: rule.arn,
    });
    new CloudwatchEventTarget(this, `${operation}_target`, {
      rule: rule.name,
      arn: operator.arn,
      input: JSON.stringify({ operation }),
      dependsOn: [invocation],
    });
  }

  #forConsumer({ ledger }: RevokerProps): Statement[] {
    const { revocations, signOuts, dead } = this.queues;
    return [
      // A command may name a session and not its user.
      allow("Sessions", ["dynamodb:GetItem", "dynamodb:Query"], ledger.sessions.arn),
      allow(
        "Receive",
        ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
        [revocations.arn, signOuts.arn],
      ),
      allow("DeadLetter", "sqs:SendMessage", dead.arn),
    ];
  }
}

/** Permissions that every revocation needs: the ledger, the active keys and the store. */
function common({ secret, store, ledger }: RevokerProps): Statement[] {
  return [revocationsAccess(ledger), keysReading(secret), storeAccess(store)];
}

/**
 * Operators list sessions and see which of them are revoked, a sweep reads every revocation and sets the retention of
 * replicas' logs, and a lockdown replaces the keys.
 */
function forOperator({ config, secret, ledger }: RevokerProps): Statement[] {
  return [
    allow("Sessions", ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"], ledger.sessions.arn),
    allow("AllRevocations", "dynamodb:Scan", ledger.revocations.arn),
    keysWriting(secret),
    replicaLogRetention(config),
  ];
}
