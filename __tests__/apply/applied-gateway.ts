/** What was applied, reached by what Terraform says it is called, through AWS's own APIs. */
import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import {
  GetQueueAttributesCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { GateRun } from "../../local/gate-result";
import { runGate } from "../../local/gate-sandbox";
import type { SessionKeys } from "../../session/keys";
import { parseOriginSecret, type OriginSecret } from "../../session/origin-secret";
import type { RevocationCommand } from "../../session/revocation";
import type { AwsAccount } from "../support/aws-account";
import { createBrowser, type Browser } from "../support/browser-emulator";
import {
  readEdgeResponse,
  viewerRequestEvent,
  type EdgeResponse,
  type ViewerRequest,
} from "../support/cloudfront-event";
import { eventOf, type GateRequest } from "../functions/gate/case";
import type { IdpEmulator } from "../support/idp/emulator";

export interface AppliedGateway {
  /** The records that the gate reads. */
  records(): Promise<Record<string, string>>;
  emptyStore(): Promise<void>;
  /** Asks the published gate. */
  ask(request: GateRequest): Promise<GateRun>;
  /** The ARN of the version that answers the gateway's own endpoints. */
  authVersion(): Promise<string>;
  /** Somebody at the gateway's own endpoints. */
  browser(): Browser;
  /** @throws Error when there are none within 200 s */
  keys(): Promise<SessionKeys>;
  /** @returns the keys after it. @throws Error when it is not over within 200 s */
  rotate(): Promise<SessionKeys>;
  /** What servers accept. */
  accepted(): Promise<OriginSecret["accepted"]>;
  /** The same, once the gate sends the first of it. @throws Error when it does not within 200 s */
  originSecret(): Promise<OriginSecret["accepted"]>;
  /** @returns what servers accept after it */
  rotateOriginSecret(): Promise<OriginSecret["accepted"]>;
  /** Puts a command on the queue. */
  send(command: RevocationCommand): Promise<void>;
  /** Publishes a command to the topic. */
  publish(command: RevocationCommand): Promise<void>;
  /** Behind Terraform's back: how long a queue keeps messages, in seconds. @returns what it was */
  retain(queueUrl: string, seconds: string): Promise<string>;
  close(): void;
}

export interface AppliedNames {
  host: string;
  /** Terraform's outputs. */
  outputs: Record<string, unknown>;
  sessionKeysSecret: string;
}

/** Seconds, for a busy machine. */
const ROTATION_LIMIT = 200;

export function openGateway(
  account: AwsAccount,
  idp: IdpEmulator,
  { host, outputs, sessionKeysSecret }: AppliedNames,
): AppliedGateway {
  const client = {
    endpoint: account.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
  const [lambda, secrets, sqs] = [new LambdaClient(client), new SecretsManagerClient(client), new SQSClient(client)];
  const output = (name: string) => String(outputs[name]);

  async function authVersion(): Promise<string> {
    const distribution = await account.cloudFront(`distribution/${output("distribution_id")}`);
    return /<LambdaFunctionARN>([^<]+)</.exec(distribution)![1]!;
  }

  async function visit(request: Omit<ViewerRequest, "requestId">): Promise<EdgeResponse> {
    const numbered = { host, ...request, requestId: `${randomBytes(20).toString("base64url")}==` };
    const invocation = { FunctionName: await authVersion(), Payload: JSON.stringify(viewerRequestEvent(numbered)) };
    const { Payload, FunctionError } = await lambda.send(new InvokeCommand(invocation));
    const answer = Buffer.from(Payload!).toString();
    if (FunctionError !== undefined) throw new Error(answer);
    return readEdgeResponse(JSON.parse(answer), numbered);
  }

  /** Waits until the version that is current is one that was waited for. */
  async function currentVersion(isIt: (version: string | undefined) => boolean): Promise<void> {
    for (let tries = 0; tries < ROTATION_LIMIT * 5; tries++) {
      const { VersionIdsToStages = {} } = await secrets.send(
        new DescribeSecretCommand({ SecretId: sessionKeysSecret }),
      );
      if (isIt(Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes("AWSCURRENT"))?.[0])) return;
      await setTimeout(200);
    }
    throw new Error(`there are no new session keys after ${ROTATION_LIMIT} s`);
  }

  async function keys(): Promise<SessionKeys> {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: sessionKeysSecret }));
    return JSON.parse(SecretString!) as SessionKeys;
  }

  async function accepted(): Promise<OriginSecret["accepted"]> {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: output("origin_secret_name") }));
    return parseOriginSecret(SecretString!)!.accepted;
  }

  async function originSecret(): Promise<OriginSecret["accepted"]> {
    for (let tries = 0; tries < ROTATION_LIMIT * 5; tries++) {
      const values = await accepted();
      if ((await store()).records["origin"] === values[0]) return values;
      await setTimeout(200);
    }
    throw new Error(`the gate does not send the origin secret after ${ROTATION_LIMIT} s`);
  }

  const store = () => account.store(output("session_store_arn"));

  return {
    records: async () => (await store()).records,
    emptyStore: async () => (await store()).write({}),
    async ask(request) {
      const code = await account.cloudFront(`function/${output("gate_function_name")}?Stage=LIVE`);
      return runGate(code, eventOf({ host, ...request }), await store());
    },
    authVersion,
    browser: () =>
      createBrowser({
        invoke: visit,
        now: () => Math.floor(Date.now() / 1000),
        authorize: (url) => idp.authorize(url),
      }),
    async keys() {
      await currentVersion((version) => version !== undefined);
      return keys();
    },
    async rotate() {
      const { VersionId } = await secrets.send(new RotateSecretCommand({ SecretId: sessionKeysSecret }));
      // Before it comes one that only announces the new key.
      await currentVersion((version) => version === VersionId);
      return keys();
    },
    accepted,
    originSecret,
    async rotateOriginSecret() {
      await secrets.send(new RotateSecretCommand({ SecretId: output("origin_secret_name") }));
      return originSecret();
    },
    async send(command) {
      await sqs.send(
        new SendMessageCommand({ QueueUrl: output("revocation_queue_url"), MessageBody: JSON.stringify(command) }),
      );
    },
    publish: (command) => account.publish(output("revocation_topic_arn"), JSON.stringify(command)),
    async retain(queueUrl, seconds) {
      const name = "MessageRetentionPeriod";
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [name] }),
      );
      await sqs.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl, Attributes: { [name]: seconds } }));
      return Attributes![name]!;
    },
    close: () => [lambda, secrets, sqs].forEach((each) => each.destroy()),
  };
}
