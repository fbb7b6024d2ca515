/** Reads the control plane from the synthesized stack: its regional functions, and their triggers. */
import { readTerraformJson, type Json, type JsonObject } from "./terraform-json";

export interface RegionalFunction {
  functionName: string;
  /** Path of the deployed zip. */
  zip: string;
  /** Milliseconds. */
  timeLimit: number;
  env: Record<string, string>;
}

/** A queue that a function consumes. */
export interface QueueMapping {
  queueUrl: string;
  queueName: string;
  functionName: string;
  batchSize: number;
  /** Milliseconds for which messages are gathered into a batch. */
  window: number;
  /** How many batches are processed at a time. */
  concurrency: number;
  /** How often a message may fail before it goes to the dead-letter queue. */
  maxReceives: number;
}

export interface ControlPlane {
  functions: RegionalFunction[];
  /** Name of a secret to name of the function that rotates it. */
  rotators: Record<string, string>;
  queues: QueueMapping[];
  /** Terraform's calls of functions during a deployment, in order. */
  invocations: { functionName: string; input: unknown }[];
}

/** Seconds. The local edge is one machine: records and keys reach it immediately. */
const NO_DELAY = { PROPAGATION_SECONDS: "0", KEY_ANNOUNCEMENT_SECONDS: "0" };
/** Defaults of an event source mapping. */
const BATCH_SIZE = 10;
const WINDOW = 0;
const CONCURRENCY = 1000;
/** Seconds. Shortens longer batching windows, so that a developer sees the effect of a sign-out soon. */
const LONGEST_WINDOW = 1;
/** Seconds. The default of a Lambda function. */
const TIMEOUT = 3;

/** @throws Error for a file that is not a synthesized gateway, or that the local edge cannot emulate */
export function readControlPlane(file: string): ControlPlane {
  const stack = readTerraformJson(file);

  function referred(type: string, reference: Json | undefined): JsonObject {
    const name = stack.nameOf(type, reference);
    const found = name === undefined ? undefined : stack.resources(type)[name];
    if (!found) throw new Error(`${file}: there is no ${type} ${String(reference)}`);
    return found;
  }

  const functionNameOf = (reference: Json | undefined) =>
    stack.text(referred("aws_lambda_function", reference)["function_name"], "aws_lambda_function.function_name");

  return {
    // Lambda@Edge functions have no environment.
    functions: Object.entries(stack.resources("aws_lambda_function")).flatMap(([name, { environment, ...lambda }]) => {
      if (environment === undefined) return [];
      const { variables } = stack.evaluate(environment) as { variables: Record<string, string> };
      return {
        functionName: stack.text(lambda["function_name"], `aws_lambda_function.${name}.function_name`),
        zip: stack.path(stack.text(lambda["filename"], `aws_lambda_function.${name}.filename`)),
        timeLimit: Number(lambda["timeout"] ?? TIMEOUT) * 1000,
        env: { ...variables, ...NO_DELAY },
      };
    }),
    rotators: Object.fromEntries(
      Object.values(stack.resources("aws_secretsmanager_secret_rotation")).map(({ secret_id, rotation_lambda_arn }) => [
        stack.text(referred("aws_secretsmanager_secret", secret_id)["name"], "aws_secretsmanager_secret.name"),
        functionNameOf(rotation_lambda_arn),
      ]),
    ),
    queues: Object.values(stack.resources("aws_lambda_event_source_mapping")).map((mapping) => {
      const queue = referred("aws_sqs_queue", mapping["event_source_arn"]);
      const redrive = queue["redrive_policy"];
      return {
        queueName: stack.text(queue["name"], "aws_sqs_queue.name"),
        queueUrl: stack.text(String(mapping["event_source_arn"]).replace(/\.arn}$/, ".url}"), "aws_sqs_queue.url"),
        functionName: functionNameOf(mapping["function_name"]),
        batchSize: Number(mapping["batch_size"] ?? BATCH_SIZE),
        window: Math.min(Number(mapping["maximum_batching_window_in_seconds"] ?? WINDOW), LONGEST_WINDOW) * 1000,
        concurrency: Number(
          (mapping["scaling_config"] as JsonObject | undefined)?.["maximum_concurrency"] ?? CONCURRENCY,
        ),
        maxReceives: Number(/maxReceiveCount\D+(\d+)/.exec(JSON.stringify(redrive ?? ""))?.[1] ?? Infinity),
      };
    }),
    invocations: Object.values(stack.resources("aws_lambda_invocation")).map(({ function_name, input }) => ({
      functionName: functionNameOf(function_name),
      input: JSON.parse(stack.text(input, "aws_lambda_invocation.input")) as unknown,
    })),
  };
}
