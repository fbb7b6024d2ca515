import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import type { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { AssetType, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import { SESSION_INDEX } from "../session/ledger";
import { ControlPlaneFunction } from "./control-plane-function";
import { keyUse, type Statement } from "./iam";
import type { Ledger } from "./ledger";
import { revocationConsumerFunctionName, revokerFunctionName } from "./names";
import { RevocationQueue } from "./revocation-queue";
import { RevocationTopic } from "./revocation-topic";
import type { SessionStore } from "./session-store";

/**
 * Seconds. Ten revocations take a few; a batch that fails holds up all that follow for six times as long, so rather twice than
 * once for long.
 */
const BATCH_TIMEOUT = 60;
/** Seconds. Writing 4,096 shards anew takes a minute or two for each living key. */
const OPERATION_TIMEOUT = 900;

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
 * Carries out revocations: one function those of queue and topic, the other what operators, the customer's programs and the schedule ask
 * for. The same code, but a rebuild of the whole store takes minutes, and a queue waits for six times what its function may take.
 */
export class Revoker extends Construct {
  readonly queue: RevocationQueue;
  readonly topic: RevocationTopic;

  constructor(scope: Construct, id: string, props: RevokerProps) {
    super(scope, id);
    const { config } = props;
    const zip = new TerraformAsset(this, "zip", { path: props.zip, type: AssetType.FILE });
    this.queue = new RevocationQueue(this, "queue", { config, consumerTimeout: BATCH_TIMEOUT });
    this.topic = new RevocationTopic(this, "topic", config);
    const environment = {
      KEY_VALUE_STORE_ARN: props.store.arn,
      SESSION_KEYS_SECRET_ARN: props.secret.arn,
      SESSIONS_TABLE: props.ledger.sessions.name,
      REVOCATIONS_TABLE: props.ledger.revocations.name,
      QUEUE_URL: this.queue.living.url,
      DEAD_QUEUE_URL: this.queue.dead.url,
      SHARD_COUNT: String(config.session.shardCount),
      SESSION_SECONDS: String(config.session.absolute),
      TOKEN_SECONDS: String(config.session.token),
    };
    const consumer = new ControlPlaneFunction(this, "consumer", {
      config,
      functionName: revocationConsumerFunctionName(config),
      description: `Carries out the queued revocations of ${config.name}`,
      zip,
      permissions: [...common(props), ...this.#forConsumer(props), ...keyUse(config, ["dynamodb", "secretsmanager", "sqs"])],
      environment,
      timeout: BATCH_TIMEOUT,
      // The queue's one batch at a time, and what is published meanwhile.
      concurrency: 2,
    });
    const operator = new ControlPlaneFunction(this, "Resource", {
      config,
      functionName: revokerFunctionName(config),
      description: `Revokes sessions of ${config.name}, and keeps the store of shard records right`,
      zip,
      permissions: [...common(props), ...forOperator(props), ...keyUse(config, ["dynamodb", "secretsmanager"])],
      environment,
      timeout: OPERATION_TIMEOUT,
      // So that a lockdown waits for nobody's list of sessions.
      concurrency: 5,
    });
    this.queue.deliverTo(consumer);
    this.topic.deliverTo(consumer);
    this.#sweepEveryHour(operator, config);
  }

  #sweepEveryHour(operator: ControlPlaneFunction, config: Config): void {
    const rule = new CloudwatchEventRule(this, "sweep", {
      name: `${config.name}-sweep`,
      description: `Removes expired revocations of ${config.name} from the store`,
      scheduleExpression: "rate(1 hour)",
    });
    const invocation = operator.allowInvocation("invocation", { statementId: "Sweep", principal: "events.amazonaws.com", sourceArn: rule.arn });
    new CloudwatchEventTarget(this, "sweep_target", {
      rule: rule.name,
      arn: operator.arn,
      // control-plane/revoker/api.ts
      input: JSON.stringify({ operation: "sweep" }),
      dependsOn: [invocation],
    });
  }

  #forConsumer({ ledger }: RevokerProps): Statement[] {
    return [
      // A command may name a session and not its user.
      { Sid: "SessionBySid", Effect: "Allow", Action: "dynamodb:Query", Resource: `${ledger.sessions.arn}/index/${SESSION_INDEX}` },
      { Sid: "Receive", Effect: "Allow", Action: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], Resource: this.queue.living.arn },
      { Sid: "Send", Effect: "Allow", Action: "sqs:SendMessage", Resource: [this.queue.living.arn, this.queue.dead.arn, this.topic.failed.arn] },
    ];
  }
}

/** What a revocation takes: a place in the ledger, and in the records of its shard; and for a shard that is full, a key of its own. */
function common({ secret, store, ledger }: RevokerProps): Statement[] {
  return [
    { Sid: "Revocations", Effect: "Allow", Action: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan"], Resource: ledger.revocations.arn },
    {
      Sid: "SessionKeys",
      Effect: "Allow",
      Action: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"],
      Resource: secret.arn,
    },
    {
      Sid: "ShardRecords",
      Effect: "Allow",
      Action: [
        "cloudfront-keyvaluestore:DescribeKeyValueStore",
        "cloudfront-keyvaluestore:GetKey",
        "cloudfront-keyvaluestore:ListKeys",
        "cloudfront-keyvaluestore:UpdateKeys",
      ],
      Resource: store.arn,
    },
  ];
}

/** People look sessions up, and see which of them are revoked. */
function forOperator({ ledger }: RevokerProps): Statement[] {
  return [
    { Sid: "Standing", Effect: "Allow", Action: "dynamodb:BatchGetItem", Resource: ledger.revocations.arn },
    { Sid: "Sessions", Effect: "Allow", Action: ["dynamodb:Query", "dynamodb:Scan"], Resource: [ledger.sessions.arn, `${ledger.sessions.arn}/index/${SESSION_INDEX}`] },
  ];
}
