/**
 * Stands in for the AWS calls of the auth handler, over the protocol that AWS speaks (JSON with `x-amz-target`): SSM
 * GetParameter, Secrets Manager GetSecretValue, SQS SendMessage, EventBridge PutEvents, and DynamoDB, which dynalite is.
 * Tests and the local edge set values and faults through its maps.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import dynalite from "dynalite";
import type { RevocationCommand } from "../session/revocation";
import type { SecurityEvent } from "../session/security-event";

export type Fault = "error" | "throttle" | "hang" | "garbage";

export interface AwsStandIn {
  /** For `AWS_ENDPOINT_URL`. */
  endpoint: string;
  /** SSM parameters: name to value. */
  parameters: Map<string, string>;
  /** Secrets Manager secrets: name to secret string. */
  secrets: Map<string, string>;
  /** What was put on a queue: its URL and the message, in order. */
  messages: { queueUrl: string; groupId: string; command: RevocationCommand }[];
  /** The details of what EventBridge was told, in order. */
  events: SecurityEvent[];
  /** The target of every request seen, in order. */
  requests: string[];
  /** How the next and all later calls of a target behave, until it is removed. */
  faults: Map<string, Fault>;
  /** How many connections are open. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

interface Answer {
  status: number;
  body: unknown;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
const SIGNED =
  /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/us-east-1\/(ssm|secretsmanager|sqs|events|dynamodb)\/aws4_request, SignedHeaders=[a-z0-9;-]+, Signature=[0-9a-f]{64}$/;

const FAULTS: Record<Exclude<Fault, "hang">, Answer> = {
  // https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html
  error: { status: 500, body: { __type: "InternalServerError", message: "An error occurred on the server side." } },
  throttle: { status: 400, body: { __type: "ThrottlingException", message: "Rate exceeded" } },
  garbage: { status: 200, body: "<html>" },
};

/** Listens on a free port of 127.0.0.1. */
export async function startAwsStandIn(): Promise<AwsStandIn> {
  const parameters = new Map<string, string>();
  const secrets = new Map<string, string>();
  const messages: AwsStandIn["messages"] = [];
  const events: SecurityEvent[] = [];
  const requests: string[] = [];
  const tables = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  const faults = new Map<string, Fault>();

  const targets: Record<string, (input: Record<string, unknown>) => Answer> = {
    // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
    "AmazonSSM.GetParameter": (input) => {
      const value = parameters.get(String(input["Name"]));
      return value === undefined
        ? failure("ParameterNotFound")
        : { status: 200, body: { Parameter: { Name: input["Name"], Type: "String", Value: value, Version: 1 } } };
    },
    // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
    "secretsmanager.GetSecretValue": (input) => {
      const value = secrets.get(String(input["SecretId"]));
      return value === undefined
        ? failure("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
        : { status: 200, body: { Name: input["SecretId"], SecretString: value, VersionStages: ["AWSCURRENT"] } };
    },
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
    "AmazonSQS.SendMessage": (input) => {
      const { QueueUrl: queueUrl, MessageBody, MessageGroupId: groupId } = input;
      if (typeof queueUrl !== "string" || typeof MessageBody !== "string" || typeof groupId !== "string") return failure("MissingParameter");
      messages.push({ queueUrl, groupId, command: JSON.parse(MessageBody) as RevocationCommand });
      return { status: 200, body: { MessageId: `m${messages.length}` } };
    },
    // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
    "AWSEvents.PutEvents": (input) => {
      const entries = input["Entries"] as { Detail: string }[];
      events.push(...entries.map(({ Detail }) => JSON.parse(Detail) as SecurityEvent));
      return { status: 200, body: { FailedEntryCount: 0, Entries: entries.map((_, place) => ({ EventId: `e${place}` })) } };
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = String(request.headers["x-amz-target"]);
    requests.push(name);
    const target = targets[name];
    const fault = faults.get(name);
    if (fault === "hang") return;
    if (!fault && name.startsWith("DynamoDB_")) return void tables.emit("request", request, response);
    const input = await readJson(request);
    if (!fault && (!target || !input)) return send(response, failure("UnknownOperationException"));
    if (!SIGNED.test(request.headers.authorization ?? "")) {
      return send(response, failure("MissingAuthenticationTokenException", "Missing Authentication Token"));
    }
    send(response, fault ? FAULTS[fault] : target!(input!));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    parameters,
    secrets,
    messages,
    events,
    requests,
    faults,
    connections: () => new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count)))),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function failure(type: string, message?: string): Answer {
  return { status: 400, body: { __type: type, message } };
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown> | undefined> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
