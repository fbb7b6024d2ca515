/**
 * Emulates AWS over its own protocols: SSM, Secrets Manager, KMS, STS, SQS, EventBridge, the Invoke operation of Lambda,
 * and DynamoDB (by dynalite). Each other service is a file in `aws/`. Tests and the local edge set values and faults in its
 * maps.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import dynalite from "dynalite";
import type { RevocationCommand } from "../session/revocation";
import type { SecurityEvent } from "../session/security-event";
import { failure, type Answer, type Input, type Targets } from "./aws/answer";
import { objectOperation, sendObject } from "./aws/buckets";
import { eventBus } from "./aws/event-bus";
import { invoke, invokedFunction } from "./aws/functions";
import { keyManagement, SigningKeys } from "./aws/key-management";
import { parameterStore } from "./aws/parameter-store";
import { queues, type QueueMessage } from "./aws/queues";
import { Secrets, secretsManager } from "./aws/secrets-manager";
import { securityTokenService, xmlFailure, type SecurityTokenService } from "./aws/security-token-service";
import { startPlainServer } from "./plain-server";
import type { SiteFolder } from "./site-folder";

/** `lost`: DynamoDB carries out the request, but its answer never arrives. */
export type Fault = "error" | "throttle" | "denied" | "hang" | "garbage" | "lost";

export interface AwsEmulator {
  /** For `AWS_ENDPOINT_URL`. */
  endpoint: string;
  /** SSM parameters: name to value. */
  parameters: Map<string, string>;
  /** Secrets Manager secrets: name to current secret string. */
  secrets: Secrets;
  /** KMS keys, by ARN. */
  signingKeys: SigningKeys;
  /** The role for which STS issues tokens, and the keys that verify them. */
  sts: Pick<SecurityTokenService, "issuer" | "subject" | "jwks">;
  /** Name of a secret to name of the function that rotates it. */
  rotators: Map<string, string>;
  /** Rotates a secret. @throws Error that its rotator threw */
  rotate(secret: string): Promise<void>;
  /** Regional Lambda functions that can be invoked, by name. */
  functions: Map<string, (payload: unknown) => Promise<unknown>>;
  /** Every message that was sent to a queue, in order. */
  messages: { queueUrl: string; command: RevocationCommand }[];
  /** Consumers of queues, by the URL of the queue. */
  consumers: Map<string, (message: QueueMessage) => void>;
  /** The details of the events that EventBridge received, in order. */
  events: SecurityEvent[];
  /** Called with each event. */
  onEvent: ((event: SecurityEvent) => void) | undefined;
  /** The target of every request seen, in order. */
  requests: string[];
  /** Target to fault: the behavior of its calls from the next one on, until the entry is removed. */
  faults: Map<string, Fault>;
  /** The files of all buckets; none if undefined. */
  files: SiteFolder | undefined;
  /** How many connections are open. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
const SIGNED =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/us-east-1\/(?:ssm|secretsmanager|kms|sts|sqs|events|dynamodb|lambda|s3)\/aws4_request, SignedHeaders=[a-z0-9;-]+, Signature=[0-9a-f]{64}$/;

const FAULTS: Record<Exclude<Fault, "hang" | "lost">, Answer> = {
  // https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html
  error: { status: 500, body: { __type: "InternalServerError", message: "An error occurred on the server side." } },
  throttle: { status: 400, body: { __type: "ThrottlingException", message: "Rate exceeded" } },
  denied: {
    status: 400,
    body: { __type: "AccessDeniedException", message: "User is not authorized to perform this action" },
  },
  garbage: { status: 200, body: "<html>" },
};

/**
 * Listens on a free port of 127.0.0.1.
 *
 * @param accessKeyId the only one that it accepts; any if absent
 * @param now Unix seconds, for the tokens of STS
 */
export async function startAwsEmulator(
  accessKeyId?: string,
  now: () => number = () => Math.floor(Date.now() / 1000),
): Promise<AwsEmulator> {
  const parameters = new Map<string, string>();
  const secrets = new Secrets();
  const signingKeys = new SigningKeys();
  const sts = securityTokenService(now);
  const rotators: AwsEmulator["rotators"] = new Map();
  const functions: AwsEmulator["functions"] = new Map();
  const messages: AwsEmulator["messages"] = [];
  const consumers: AwsEmulator["consumers"] = new Map();
  const events: SecurityEvent[] = [];
  const requests: string[] = [];
  const tables = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  const faults = new Map<string, Fault>();

  const secretsManagerApi = secretsManager(secrets, { functions, rotators });
  const targets: Targets = {
    ...parameterStore(parameters),
    ...secretsManagerApi.targets,
    ...keyManagement(signingKeys),
    ...sts.targets,
    ...queues((message) => {
      const { queueUrl, body } = message;
      messages.push({ queueUrl, command: JSON.parse(body) as RevocationCommand });
      consumers.get(queueUrl)?.(message);
    }),
    ...eventBus((event) => {
      events.push(event);
      emulator.onEvent?.(event);
    }),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const invoked = invokedFunction(request.method ?? "", request.url ?? "");
    // The Query protocol names the operation in the form.
    const isQuery = request.headers["content-type"] === "application/x-www-form-urlencoded";
    const form = isQuery ? Object.fromEntries(new URLSearchParams(await readText(request))) : undefined;
    const operation = objectOperation(request.method ?? "", request.headers.authorization ?? "");
    const name =
      operation ??
      (form?.["Action"] !== undefined
        ? `STS.${form["Action"]}`
        : invoked === undefined
          ? String(request.headers["x-amz-target"])
          : "Lambda.Invoke");
    requests.push(name);
    const fault = faults.get(name);
    if (fault === "hang") return;
    const caller = SIGNED.exec(request.headers.authorization ?? "")?.[1];
    const isKnown = caller !== undefined && caller === (accessKeyId ?? caller);
    if (fault === "lost") response.end = () => response.destroy();
    if ((!fault || fault === "lost") && isKnown && name.startsWith("DynamoDB_"))
      return void tables.emit("request", request, response);
    if (operation !== undefined && isKnown && !fault)
      return sendObject(emulator.files, request.method!, request.url!, response);
    const input = form ?? (await readJson(request));
    if (!isKnown) return send(response, failure("MissingAuthenticationTokenException", "Missing Authentication Token"));
    if (fault && fault !== "lost")
      return send(response, form && fault !== "garbage" ? xmlFailure(FAULTS[fault].status, "Fault") : FAULTS[fault]);
    if (invoked !== undefined) return send(response, await invoke(functions, invoked, input));
    const target = targets[name];
    send(response, target && input ? target(input) : failure("UnknownOperationException"));
  }

  const { server, port, close } = await startPlainServer(answer);
  const emulator: AwsEmulator = {
    endpoint: `http://127.0.0.1:${port}`,
    parameters,
    secrets,
    signingKeys,
    sts,
    rotators,
    rotate: secretsManagerApi.rotate,
    functions,
    messages,
    consumers,
    events,
    onEvent: undefined,
    files: undefined,
    requests,
    faults,
    connections: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    close,
  };
  return emulator;
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.1", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

async function readJson(request: IncomingMessage): Promise<Input | undefined> {
  try {
    return JSON.parse(await readText(request)) as Input;
  } catch {
    return undefined;
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
