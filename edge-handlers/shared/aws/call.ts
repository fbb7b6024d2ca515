import { AwsClient } from "aws4fetch";
import { LEDGER_READ } from "../../../session/timing";
import { safeCode } from "../failure";

/** AWS may close a kept-alive connection unnoticed while Lambda freezes the function; the next request would hang. */
const NO_KEEP_ALIVE = { connection: "close" };

/** Lambda@Edge functions run in any region; their resources are in this one. */
const REGION = "us-east-1";
/** Milliseconds, including retries. A request to us-east-1 with a new TLS connection takes up to one second. */
const TIME_LIMIT = LEDGER_READ * 1000;

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
 * @param options `retries`: how often the call is retried after a 5xx or 429
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
    read: async (response) => {
      const output: unknown = await response.json();
      if (!response.ok) throw new AwsError(errorType(output));
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
    read: async (response) => {
      const output = await response.text();
      if (!response.ok) throw new AwsError(/<Code>([A-Za-z0-9]{1,64})<\/Code>/.exec(output)?.[1] ?? "unknown");
      return output;
    },
  });
}

/**
 * Invokes a Lambda function (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html). It is not retried: what
 * the function does may not bear that.
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
    read: async (response) => {
      if (!response.ok) throw new AwsError(errorType({ __type: response.headers.get("x-amzn-errortype") }));
      if (response.headers.has("x-amz-function-error")) throw new AwsError("function_failed");
      return response.json();
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
  read(response: Response): Promise<T>;
}

async function post<T>(
  service: string,
  endpointVariable: string,
  retries: number,
  { path = "", headers, body, signal = AbortSignal.timeout(TIME_LIMIT), read }: Call<T>,
): Promise<T> {
  const endpoint =
    process.env[endpointVariable] ?? process.env["AWS_ENDPOINT_URL"] ?? `https://${service}.${REGION}.amazonaws.com`;
  try {
    const response = await client(service, retries).fetch(endpoint + path, {
      method: "POST",
      headers: { ...NO_KEEP_ALIVE, ...headers },
      body,
      redirect: "error",
      signal,
    });
    return await read(response);
  } catch (error) {
    throw error instanceof AwsError ? error : new AwsError(safeCode(error));
  }
}

/**
 * Made for each call, because Lambda's credentials change.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
function client(service: string, retries: number): AwsClient {
  const { AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "", AWS_SESSION_TOKEN } = process.env;
  return new AwsClient({
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    service,
    region: REGION,
    retries,
  });
}

/** `__type` may have a namespace and `#` before the code. */
function errorType(output: unknown): string {
  const type =
    typeof output === "object" && output !== null ? (output as Record<string, unknown>)["__type"] : undefined;
  return /(?:^|#)([A-Za-z0-9]{1,64})$/.exec(String(type))?.[1] ?? "unknown";
}
