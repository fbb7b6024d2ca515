import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { App, type TerraformStack } from "cdktf";
import { artifacts as shipped, type Artifacts } from "../build/artifacts";
import type { Config } from "../config/schema";
import { GatewayStack } from "./gateway-stack";
import { lockProvider } from "./provider-lock";

export interface Synthesized {
  /** The folder with `cdk.tf.json`, `assets/` and a lock file: what Terraform runs in. */
  stackDir: string;
  stackName: string;
  /** Stacks of the identity providers whose clients Terraform makes. */
  identityStacks: string[];
}

/**
 * Writes the Terraform configuration of a gateway. The bytes depend on the config and the sources only, not on the
 * folder.
 *
 * @param options.outdir created if it does not exist
 * @param options.artifacts by default those that ship
 * @param options.stackName by default the gateway's name
 * @throws Error if a behavior has no decision (stacks/decision-check.ts); nothing is written then
 */
export function synthesize(
  config: Config,
  options: { outdir: string; artifacts?: Artifacts; stackName?: string },
): Synthesized {
  const { outdir, artifacts = shipped(), stackName: id = config.name } = options;
  mkdirSync(outdir, { recursive: true });
  const { stackName, stacks } = withoutDeprecations(() =>
    withoutCapturedTraces(() => {
      const app = new App({ outdir, stackTraces: false });
      const stack = new GatewayStack(app, id, { config, artifacts });
      app.synth();
      return { stackName: stack.node.id, stacks: app.node.children.map(({ node }) => node.id) };
    }),
  );
  for (const name of stacks) lockProvider(join(outdir, "stacks", name));
  return {
    stackDir: join(outdir, "stacks", stackName),
    stackName,
    identityStacks: stacks.filter((name) => name !== stackName),
  };
}

/**
 * Writes the Terraform configuration of one stack, such as that of a user pool.
 *
 * @returns the folder with `cdk.tf.json`
 */
export function synthesizeStack(outdir: string, build: (app: App) => TerraformStack): string {
  return withoutDeprecations(() =>
    withoutCapturedTraces(() => {
      const app = new App({ outdir, stackTraces: false });
      const stack = build(app);
      app.synth();
      return join(outdir, "stacks", stack.node.id);
    }),
  );
}

/** cdktf calls a deprecated Node function. Users cannot do anything about the warning. */
function withoutDeprecations<T>(run: () => T): T {
  const before = process.noDeprecation ?? false;
  process.noDeprecation = true;
  try {
    return run();
  } finally {
    process.noDeprecation = before;
  }
}

/**
 * cdktf captures a stack trace for each reference, even without `stackTraces`. That costs 20 MB and a quarter of the
 * time. Errors keep their stack traces.
 */
function withoutCapturedTraces<T>(run: () => T): T {
  const before = Error.captureStackTrace;
  Error.captureStackTrace = () => undefined;
  try {
    return run();
  } finally {
    Error.captureStackTrace = before;
  }
}
