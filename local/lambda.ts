/**
 * Runs a deployed handler zip as Lambda would: its `main.js` in a separate Node process, with Lambda's environment and
 * nothing of this machine's. First it initializes the handler, as its `index.mjs` does (build/handler.ts).
 *
 * Unlike Lambda, one process takes several invocations at a time. That is enough for a local edge, and reveals state
 * that two requests must not share.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { strFromU8, unzipSync } from "fflate";
import { MAX_VIEWER_REQUEST_TIME as INVOCATION_LIMIT } from "../cloudfront/limits";

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib */
const INIT_LIMIT = 10_000;
/** Characters of a log that are kept. */
const MAX_LOG = 1024 * 1024;

export interface Lambda {
  /** @throws Error if the handler throws (with its stack), its process ends, or it exceeds the time limit */
  invoke(event: unknown): Promise<unknown>;
  /** What the handler wrote to stdout and stderr, the latest megabyte at least. */
  logs(): string;
  close(): Promise<void>;
}

export interface LambdaOptions {
  /** Path of the zip; it must hold `main.js` (CommonJS) that exports `handler`. */
  zip: string;
  /** The handler's `context.functionName`. */
  functionName: string;
  /** Path of the Node to run; by default the one that runs this. */
  node?: string;
  /** Milliseconds that an invocation may take; by default the limit of a viewer event. */
  timeLimit?: number;
  /**
   * The factor by which this limit and the handler's own are longer, for a machine that is busier than Lambda. Called
   * before each invocation. The handler's clock and its pauses are not affected.
   */
  patience?: () => number;
  /** Leaves the initialization out, as if all of it had failed. */
  isUninitialized?: boolean;
  /** Called with the ID of the process as soon as there is one. */
  onStart?: (pid: number) => void;
  /** Added to Lambda's environment. */
  env?: Record<string, string>;
  /** Called with every line that the handler writes to stdout. */
  onLine?: (line: string) => void;
}

interface Reply {
  id?: number;
  result?: unknown;
  error?: string;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** Runs in the child, by `node -e`. The first message has the code and how to start it, each later one an event. */
const RUNTIME = `
const vm = require("node:vm");
let handler, functionName;
let [patience, since, counted] = [1, 0, 0];
const { timeout } = AbortSignal;
const now = performance.now.bind(performance);
AbortSignal.timeout = (milliseconds) => timeout.call(AbortSignal, milliseconds * patience);
performance.now = () => counted + (now() - since) / patience;
process.on("disconnect", () => process.exit(0));
process.on("message", async (message) => {
  if ("code" in message) {
    const filename = "/var/task/main.js";
    const module = { exports: {} };
    vm.compileFunction(message.code, ["exports", "require", "module"], {
      filename,
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    })(module.exports, require("node:module").createRequire(filename), module);
    if (typeof module.exports.handler !== "function") throw new Error("main.js exports no function named handler");
    ({ handler } = module.exports);
    ({ functionName, patience } = message);
    if (!message.isUninitialized) await module.exports.initialize?.();
    return process.send({});
  }
  const { timeLimit } = message;
  [counted, since, patience] = [performance.now(), now(), message.patience];
  try {
    const invokedFunctionArn = "arn:aws:lambda:us-east-1:111122223333:function:" + functionName + ":1";
    const context = { functionName, invokedFunctionArn, functionVersion: "1", awsRequestId: "local-" + message.id, getRemainingTimeInMillis: () => timeLimit };
    process.send({ id: message.id, result: await handler(message.event, context) });
  } catch (error) {
    process.send({ id: message.id, error: String(error?.stack ?? error) });
  }
});`;

/** @throws Error if the zip has no `main.js`, or its code cannot be loaded within 10 s (times `patience`) */
export async function startLambda(options: LambdaOptions): Promise<Lambda> {
  const file = unzipSync(readFileSync(options.zip))["main.js"];
  if (!file) throw new Error(`${options.zip} has no main.js`);
  const code = strFromU8(file);
  const patience = () => options.patience?.() ?? 1;
  const pending = new Map<number, Pending>();
  let logs = "";
  let lastId = 0;
  let running: Promise<ChildProcess> | undefined;

  function start(): Promise<ChildProcess> {
    const child = spawn(options.node ?? process.execPath, ["-e", RUNTIME], {
      env: { ...lambdaEnvironment(options.functionName), ...options.env },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    if (child.pid !== undefined) options.onStart?.(child.pid);
    const log = (chunk: Buffer) => {
      logs += chunk.toString();
      if (logs.length > 2 * MAX_LOG) logs = logs.slice(-MAX_LOG);
    };
    child.stdout?.on("data", log);
    child.stderr?.on("data", log);
    if (child.stdout && options.onLine) createInterface({ input: child.stdout }).on("line", options.onLine);
    child.on("message", (reply: Reply) => {
      const invocation = reply.id === undefined ? undefined : pending.get(reply.id);
      if (reply.error !== undefined) invocation?.reject(new Error(reply.error));
      else invocation?.resolve(reply.result);
    });
    return new Promise((resolve, reject) => {
      const gone = (why: string) => {
        const error = new Error(`${options.functionName}: ${why}`);
        running = undefined;
        reject(error);
        for (const invocation of pending.values()) invocation.reject(error);
      };
      const timer = setTimeout(() => child.kill("SIGKILL"), INIT_LIMIT * patience());
      child.on("error", (error) => gone(error.message));
      // "close" rather than "exit": by then the logs have everything that the process wrote.
      child.once("close", (status, signal) => {
        clearTimeout(timer);
        gone(`the process ended (${signal ?? status}); it wrote: ${logs.slice(-2000)}`);
      });
      child.once("message", () => {
        clearTimeout(timer);
        resolve(child);
      });
      const { functionName, isUninitialized = false } = options;
      child.send({ code, functionName, isUninitialized, patience: patience() });
    });
  }

  async function invoke(event: unknown): Promise<unknown> {
    const child = await (running ??= start());
    const id = ++lastId;
    const timeLimit = (options.timeLimit ?? INVOCATION_LIMIT) * patience();
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject });
        timer = setTimeout(
          () => reject(new Error(`${options.functionName}: no answer within ${timeLimit} ms`)),
          timeLimit,
        );
        child.send({ id, event, timeLimit, patience: patience() }, (error) => error && reject(error));
      });
    } finally {
      clearTimeout(timer);
      pending.delete(id);
    }
  }

  async function close(): Promise<void> {
    const child = await running?.catch(() => undefined);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  await (running = start());
  return { invoke, logs: () => logs, close };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
function lambdaEnvironment(functionName: string): Record<string, string> {
  return {
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_SESSION_TOKEN: "local",
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x",
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: "1",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
    LAMBDA_TASK_ROOT: "/var/task",
    LANG: "en_US.UTF-8",
    PATH: "/usr/local/bin:/usr/bin:/bin",
    TZ: ":UTC",
  };
}
