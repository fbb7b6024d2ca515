/** A config's deployment on this machine: the gate, the behaviors, and a process for each function. */
import { join } from "node:path";
import type { Config } from "../config/schema";
import { synthesize, type Synthesized } from "../stacks/synthesize";
import { readControlPlane, type ControlPlane } from "./control-plane";
import { readDistribution, type Distribution } from "./distribution";
import type { KeyValueStoreEmulator } from "./key-value-store-emulator";
import type { Lambda, LambdaOptions } from "./lambda";
import { startLambdaInstances } from "./lambda-instances";
import { judge, type Judge } from "./verdict";

export interface Deployment {
  /** The config that was synthesized. */
  config: Config;
  stackName: string;
  distribution: Distribution;
  controlPlane: ControlPlane;
  /** The handlers and the control plane, by function name. */
  lambdas: Record<string, Lambda>;
  judge: Judge;
  close(): Promise<void>;
}

/** The parts that stay when another config is deployed. */
export interface Surroundings extends Pick<LambdaOptions, "node" | "patience"> {
  store: KeyValueStoreEmulator;
  /** For every function: how to reach the emulators. */
  environment: Record<string, string>;
  /** For the handlers of the edge, in addition. */
  edgeEnvironment: Record<string, string>;
  handlerInstances?: number | undefined;
  /** Called with what a function reports as a problem. */
  onProblem: (line: string) => void;
  /** Called with every line that a function logs. */
  onLine?: (functionName: string, line: string) => void;
}

/** The synthesized stack, before any of it runs. */
export type Plan = Omit<Deployment, "lambdas" | "close">;

/**
 * @param outdir where the stack is written
 * @param write writes it; by default with the code that is loaded
 * @throws Error if the config cannot be synthesized, or the local edge cannot emulate the result
 */
export async function plan(
  config: Config,
  outdir: string,
  write: (config: Config, options: { outdir: string }) => Synthesized | Promise<Synthesized> = synthesize,
): Promise<Plan> {
  const { stackDir, stackName } = await write(config, { outdir });
  const file = join(stackDir, "cdk.tf.json");
  return {
    config,
    stackName,
    distribution: readDistribution(file),
    controlPlane: readControlPlane(file),
    judge: judge(config.policy),
  };
}

/** @throws Error if a function cannot be started; nothing is left running */
export async function deploy(planned: Plan, surroundings: Surroundings): Promise<Deployment> {
  const { distribution, controlPlane } = planned;
  const { environment, edgeEnvironment, handlerInstances, store } = surroundings;
  const lambdas: Record<string, Lambda> = {};
  const close = async () => {
    await Promise.all(Object.values(lambdas).map((lambda) => lambda.close()));
  };
  async function run(
    lambda: { functionName: string; zip: string; timeLimit?: number },
    env: Record<string, string>,
    instances = 1,
  ): Promise<void> {
    const { node, patience, onProblem, onLine } = surroundings;
    lambdas[lambda.functionName] = await startLambdaInstances(instances, {
      ...lambda,
      ...(node !== undefined && { node }),
      ...(patience && { patience }),
      env: { ...environment, ...env },
      onLine: (line) => {
        onLine?.(lambda.functionName, line);
        const problem = problemIn(line);
        if (problem !== undefined) onProblem(`${lambda.functionName}: ${problem}`);
      },
    });
  }
  const atEdge = new Map(
    distribution.behaviors
      .flatMap(({ lambda, originRequest, originResponse }) =>
        [lambda ?? [], originRequest ?? [], originResponse ?? []].flat(),
      )
      .map((lambda) => [lambda.functionName, lambda]),
  );
  const starting = [
    ...[...atEdge.values()].map((lambda) => run(lambda, edgeEnvironment, handlerInstances)),
    ...controlPlane.functions.map(({ env, ...lambda }) => run(lambda, { ...env, ...regionalEnvironment(store) })),
  ];
  // Waits for all functions, so that those that start are stopped if one fails.
  const results = await Promise.allSettled(starting);
  const failed = results.find((result) => result.status === "rejected");
  if (failed) {
    await close();
    throw failed.reason;
  }
  return { ...planned, lambdas, close };
}

/** Calls the functions that Terraform calls. The ledger must exist. @throws Error if one fails */
export async function invokeFunctions({ controlPlane, lambdas }: Deployment): Promise<void> {
  for (const { functionName, input } of controlPlane.invocations) await lambdas[functionName]!.invoke(input);
}

/**
 * The problem that a line of a function's log reports, with the codes of docs/operations.md. It is shown because there
 * is no CloudWatch on this machine.
 */
function problemIn(line: string): string | undefined {
  try {
    const { outcome, status = 0, detail } = JSON.parse(line) as { outcome?: string; status?: number; detail?: string };
    // A 401 only says that the user is not signed in.
    const isProblem = (status >= 400 && status !== 401) || outcome === "failed" || outcome === "dead_lettered";
    return isProblem ? [outcome, detail].filter((part) => part !== undefined).join(" ") : undefined;
  } catch {
    return undefined;
  }
}

/** For the endpoint of the key-value store: the SDK puts the account ID before its host. */
function regionalEnvironment(store: KeyValueStoreEmulator): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE: store.endpoint,
    // Node warns about the SDK's dynamic imports, because of the way in which local/lambda.ts loads the code.
    NODE_OPTIONS: `--require ${join(__dirname, "localhost-names.js")} --disable-warning=ExperimentalWarning`,
  };
}
