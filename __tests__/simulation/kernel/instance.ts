/**
 * A Lambda function's execution environment: the shipped bundle, evaluated again, with a clock, a network and a chance
 * of its own. It takes one event at a time, stands still between two of them, and can end at any moment.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
import { compileFunction } from "node:vm";
import type { Network } from "./network";
import { PLATFORM_NAMES, platform, type Surroundings } from "./platform";
import type { Owner, World } from "./world";

type Handler = (event: unknown, context: object) => Promise<unknown>;
/** What `main.js` exports. */
interface Exports {
  handler?: Handler;
  initialize?: () => Promise<void>;
}
type Bundle = (...globals: unknown[]) => void;

export interface FunctionOptions {
  /** For the log. */
  name: string;
  functionName: string;
  /** Text of `main.js`. */
  code: string;
  env: Record<string, string>;
  /** Milliseconds by which its clock is ahead. */
  skew: number;
  /** Milliseconds that it may take for one event. */
  timeLimit: number;
  /** Gets each line that it writes to stdout. */
  onLine?: (line: string) => void;
  /**
   * It keeps nothing but connections, so that what was evaluated for one environment may serve another: while it is new
   * it is ten times as slow.
   */
  isStateless?: boolean;
}

/** What came of an invocation: what the handler gave or threw, or that it never came to an end. */
export type Outcome = { result: unknown } | { error: Error } | { crashed: string };

export interface Instance extends Owner {
  readonly name: string;
  readonly skew: number;
  /** Mishaps of its calls. */
  mishaps: number;
  isBusy(): boolean;
  isDead(): boolean;
  /** Never rejects. */
  invoke(event: unknown, requestId: string): Promise<Outcome>;
  /** Ends it here and now: nothing that it waits for is ever heard. */
  crash(why: string): void;
  /** At the end of a history: what was evaluated may serve another one. */
  release(): void;
}

interface Evaluated {
  handler: Handler;
  initialize: () => Promise<void>;
  /** None between two histories. */
  surroundings: Surroundings | undefined;
}

/** Milliseconds. */
const INITIALIZATION_LIMIT = 10_000;
const compiled = new Map<string, Bundle>();
const spare = new Map<string, Evaluated[]>();
const INHERITED = {
  AWS_REGION: "us-east-1",
  AWS_DEFAULT_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "simulated",
  AWS_SECRET_ACCESS_KEY: "simulated",
  AWS_SESSION_TOKEN: "simulated",
};

export function startInstance(world: World, network: Network, options: FunctionOptions): Instance {
  const { name, functionName, skew, timeLimit } = options;
  let state: "busy" | "frozen" | "dead" = "busy";
  let kept: (() => void)[] = [];
  let finish: ((outcome: Outcome) => void) | undefined;
  let isInitialized = false;

  const instance: Instance = {
    name,
    skew,
    mishaps: 0,
    isBusy: () => state === "busy",
    isDead: () => state === "dead",
    deliver(run) {
      if (state === "busy") run();
      else if (state === "frozen") kept.push(run);
    },
    invoke(event, requestId) {
      if (state !== "frozen") throw new Error(`${name} is ${state}`);
      state = "busy";
      const thawed = kept;
      kept = [];
      return new Promise((resolve) => {
        let limit = world.after(INITIALIZATION_LIMIT, () => instance.crash("out of time"));
        finish = (outcome) => {
          limit.cancelled = true;
          finish = undefined;
          if (state === "busy") state = "frozen";
          resolve(outcome);
        };
        for (const run of thawed) run();
        const context = {
          functionName,
          invokedFunctionArn: `arn:aws:lambda:us-east-1:111122223333:function:${functionName}:1`,
          functionVersion: "1",
          awsRequestId: requestId,
          getRemainingTimeInMillis: () => timeLimit,
        };
        const handle = () => {
          limit.cancelled = true;
          limit = world.after(timeLimit, () => instance.crash("out of time"));
          return evaluated.handler(event, context);
        };
        (isInitialized ? handle() : evaluated.initialize().then(handle)).then(
          (result) => finish?.({ result }),
          (error: Error) => finish?.({ error }),
        );
        isInitialized = true;
      });
    },
    crash(why) {
      if (state === "dead") return;
      world.note(`${name} crashes ${why}`);
      state = "dead";
      kept = [];
      // Once what ran when it ended has come to rest: then nothing of it is ever heard again.
      world.after(0, () => pass());
      finish?.({ crashed: why });
    },
    release() {
      if (state === "frozen" && kept.length === 0) pass();
      state = "dead";
    },
  };

  /** Leaves what was evaluated to the next environment; a history that is over is forgotten. */
  function pass(): void {
    evaluated.surroundings = undefined;
    if (options.isStateless) spare.set(options.code, [...(spare.get(options.code) ?? []), evaluated]);
  }

  const surroundings: Surroundings = {
    world,
    network,
    instance,
    skew,
    env: { ...INHERITED, AWS_LAMBDA_FUNCTION_NAME: functionName, ...options.env },
    onLine: options.onLine ?? (() => undefined),
    random: world.random.fork(),
  };
  const evaluated = spare.get(options.code)?.pop() ?? evaluate(functionName, options.code, surroundings);
  // Anew, so that it is the same chance whether it was evaluated just now or for an earlier history.
  evaluated.surroundings = { ...surroundings, random: world.random.fork() };
  state = "frozen";
  return instance;
}

function evaluate(functionName: string, code: string, surroundings: Surroundings): Evaluated {
  const module: { exports: Exports } = { exports: {} };
  const evaluated: Evaluated = {
    handler: () => Promise.reject(new Error("not evaluated yet")),
    initialize: () => Promise.resolve(),
    surroundings,
  };
  const globals = platform(() => evaluated.surroundings!);
  bundleOf(code)(module.exports, module, ...PLATFORM_NAMES.map((name) => globals[name]));
  if (!module.exports.handler) throw new Error(`${functionName} exports no handler`);
  evaluated.handler = module.exports.handler;
  evaluated.initialize = module.exports.initialize ?? evaluated.initialize;
  return evaluated;
}

/** Compiled once, whatever the number of instances. */
function bundleOf(code: string): Bundle {
  const known = compiled.get(code);
  if (known) return known;
  const bundle = compileFunction(code, ["exports", "module", ...PLATFORM_NAMES], {
    filename: "/var/task/main.js",
  }) as Bundle;
  compiled.set(code, bundle);
  return bundle;
}
