import { setTimeout } from "node:timers/promises";
import { LEDGER_READ } from "../../../session/timing";
import { openConnections, send, type Answer } from "../connections";
import { safeCode } from "../failure";
import { signedHeaders, type Credentials } from "./signature";

/** Lambda@Edge functions run in any region; their resources are in this one. */
const REGION = "us-east-1";
/** Milliseconds, including retries. A request to us-east-1 with a new TLS connection takes up to one second. */
const TIME_LIMIT = LEDGER_READ * 1000;
/** Bytes; the largest answer is a page of DynamoDB, 1 MB, as JSON. */
const SIZE_LIMIT = 4 * 1024 * 1024;
/**
 * Seconds for which AWS keeps an idle connection, at least: DynamoDB closes it after 60
 * (https://github.com/aws/aws-sdk-java/issues/1365). Freezing an instance does not harm it
 * (https://github.com/aws/aws-lambda-web-adapter/issues/830).
 */
const KEPT_FOR = 30;
/** Milliseconds to wait at most before a request is retried. */
const MAX_PAUSE = 50;
/** Milliseconds to wait at most before a throttled request is retried the first time; then twice as long. */
const MAX_THROTTLED_PAUSE = 200;
/** Retries of a throttled request. AWS has not carried it out, so that any request may be repeated. */
const THROTTLED_RETRIES = 2;
/**
 * Throttling codes of the services that are called here, most of them with status 400. They are those of the SDK
 * (https://github.com/smithy-lang/smithy-typescript/blob/main/packages/core/src/submodules/retry/service-error-classification/constants.ts).
 */
const THROTTLED: ReadonlySet<string> = new Set([
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "RequestThrottled",
  "Throttling",
  "ThrottlingException",
  "TooManyRequestsException",
]);

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
const SERVICES = {
  ssm: { endpointVariable: "AWS_ENDPOINT_URL_SSM", target: "AmazonSSM", version: "1.1" },
  secretsmanager: { endpointVariable: "AWS_ENDPOINT_URL_SECRETS_MANAGER", target: "secretsmanager", version: "1.1" },
  dynamodb: { endpointVariable: "AWS_ENDPOINT_URL_DYNAMODB", target: "DynamoDB_20120810", version: "1.0" },
  sqs: { endpointVariable: "AWS_ENDPOINT_URL_SQS", target: "AmazonSQS", version: "1.0" },
  kms: { endpointVariable: "AWS_ENDPOINT_URL_KMS", target: "TrentService", version: "1.1" },
  events: { endpointVariable: "AWS_ENDPOINT_URL_EVENTBRIDGE", target: "AWSEvents", version: "1.1" },
} as const;

/** Services with the Query protocol. */
const QUERY_SERVICES = {
  sts: { endpointVariable: "AWS_ENDPOINT_URL_STS", version: "2011-06-15" },
} as const;

/** An AWS call failed or got no answer. `code` is AWS's own, such as `ParameterNotFound`, if there was an answer. */
export class AwsError extends Error {
  override readonly name = "AwsError";

  constructor(readonly code: string) {
    super(code);
  }
}

/**
 * Calls an AWS service with a JSON protocol, using the function's own credentials.
 *
 * @param options `retries`: how often the call is retried after a 5xx
 * @throws AwsError
 */
export async function callAws(
  service: keyof typeof SERVICES,
  operation: string,
  input: object,
  { retries = 1 } = {},
): Promise<unknown> {
  const { endpointVariable, target, version } = SERVICES[service];
  return post(service, endpointVariable, retries, {
    headers: { "content-type": `application/x-amz-json-${version}`, "x-amz-target": `${target}.${operation}` },
    body: JSON.stringify(input),
    read: ({ status, body }) => {
      const output: unknown = JSON.parse(body.toString());
      if (status !== 200) throw new AwsError(errorType(output));
      return output;
    },
  });
}

/**
 * Calls an AWS service with the Query protocol (https://smithy.io/2.0/aws/protocols/aws-query-protocol.html), using the
 * function's own credentials.
 *
 * @returns the answer as XML
 * @throws AwsError
 */
export async function callAwsQuery(
  service: keyof typeof QUERY_SERVICES,
  operation: string,
  input: Record<string, string>,
): Promise<string> {
  const { endpointVariable, version } = QUERY_SERVICES[service];
  return post(service, endpointVariable, 1, {
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "text/xml" },
    body: new URLSearchParams({ Action: operation, Version: version, ...input }).toString(),
    read: ({ status, body }) => {
      const output = body.toString();
      if (status !== 200) throw new AwsError(/<Code>([A-Za-z0-9]{1,64})<\/Code>/.exec(output)?.[1] ?? "unknown");
      return output;
    },
  });
}

/**
 * Invokes a Lambda function (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html). Only a throttled call is
 * retried, because the function's effects may not be repeatable.
 *
 * @param payload JSON
 * @returns what the function returned
 * @throws AwsError also if the function failed
 */
export async function invokeFunction(arn: string, payload: string, signal: AbortSignal): Promise<unknown> {
  return post("lambda", "AWS_ENDPOINT_URL_LAMBDA", 0, {
    path: `/2015-03-31/functions/${encodeURIComponent(arn)}/invocations`,
    headers: { "content-type": "application/json", "x-amz-invocation-type": "RequestResponse" },
    body: payload,
    signal,
    read: ({ status, headers, body }) => {
      if (status !== 200) throw new AwsError(errorType({ __type: headers["x-amzn-errortype"] }));
      if (headers["x-amz-function-error"] !== undefined) throw new AwsError("function_failed");
      return JSON.parse(body.toString()) as unknown;
    },
  });
}

interface Call<T> {
  /** `/` if absent. */
  path?: string;
  headers: Record<string, string>;
  body: string;
  /** The call's own time limit if absent. */
  signal?: AbortSignal;
  read(answer: Answer): T;
}

async function post<T>(
  service: string,
  endpointVariable: string,
  retries: number,
  { path = "/", headers, body, signal = AbortSignal.timeout(TIME_LIMIT), read }: Call<T>,
): Promise<T> {
  const url = new URL(path, endpointOf(service, endpointVariable));
  const isRepeatable = retries > 0;
  try {
    for (let [failures, refusals] = [0, 0]; ;) {
      const signed = signedHeaders({ service, region: REGION, url, headers, body }, credentials(), new Date());
      const message = { method: "POST", headers: signed, body, signal, sizeLimit: SIZE_LIMIT, isRepeatable };
      const answer = await send(url, { ...message, keptFor: KEPT_FOR });
      try {
        if (answer.status < 500 || failures === retries) return read(answer);
        failures++;
        await pause(MAX_PAUSE, signal);
      } catch (error) {
        if (!isThrottled(error) || refusals === THROTTLED_RETRIES) throw error;
        await pause(MAX_THROTTLED_PAUSE * 2 ** refusals++, signal);
      }
    }
  } catch (error) {
    throw error instanceof AwsError ? error : new AwsError(safeCode(error));
  }
}

/** Waits for a random time, so that many instances do not retry at the same moment. @param most milliseconds */
async function pause(most: number, signal: AbortSignal): Promise<void> {
  await setTimeout(Math.random() * most, undefined, { signal });
}

function isThrottled(error: unknown): boolean {
  return error instanceof AwsError && THROTTLED.has(error.code);
}

/** Opens connections for calls that will follow, unless there are any. */
export function prepareAwsCalls(service: keyof typeof SERVICES, count: number): void {
  openConnections(new URL(endpointOf(service, SERVICES[service].endpointVariable)), count);
}

function endpointOf(service: string, endpointVariable: string): string {
  return (
    process.env[endpointVariable] ?? process.env["AWS_ENDPOINT_URL"] ?? `https://${service}.${REGION}.amazonaws.com`
  );
}

/**
 * Read for each call, because Lambda's credentials change.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function credentials(): Credentials {
  const { AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "", AWS_SESSION_TOKEN } = process.env;
  return { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken: AWS_SESSION_TOKEN };
}

/** `__type` may have a namespace and `#` before the code. */
function errorType(output: unknown): string {
  const type =
    typeof output === "object" && output !== null ? (output as Record<string, unknown>)["__type"] : undefined;
  return /(?:^|#)([A-Za-z0-9]{1,64})$/.exec(String(type))?.[1] ?? "unknown";
}
