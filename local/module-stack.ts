/**
 * A stack of an exported module: Terraform plans a configuration that calls it, and the planned values replace the
 * expressions. So policy and settings are the results of the module's HCL. A value that is known only after an apply
 * stays a reference, as in a synthesized stack.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import type { Config } from "../config/schema";
import { argumentsOf } from "../export/arguments";
import { moduleFiles } from "../export/files";
import { moduleOf } from "../export/module";
import { valueAt } from "../export/nested";
import { OFFLINE_PROVIDER } from "../export/offline-provider";
import { secondsOf } from "../export/template";
import { checksums, checksumsOf } from "../export/write";
import { REGION } from "../stacks/provider-check";
import type { Synthesized } from "../stacks/synthesize";
import { literal } from "../stacks/terraform-text";
import type { Json, JsonObject } from "./terraform-json";
import type { WriteStack } from "./local-edge-types";

/**
 * @param folder of the module
 * @param exported the config that it was exported from
 * @param terraform path of the program
 * @param env its environment
 * @throws Error if the folder has another module
 */
export function writeWithModule(folder: string, exported: Config, terraform: string, env = process.env): WriteStack {
  refuseAnother(folder, exported);
  const module = moduleOf(exported);
  return (config, { outdir }) => {
    const root = join(outdir, "root");
    mkdirSync(root, { recursive: true });
    // Redirect hosts do not work on this machine, but the module has a distribution for them.
    const values = argumentsOf({ ...config, redirectHosts: exported.redirectHosts }, module);
    const call = { source: resolve(folder), ...(literal(values) as object) };
    writeFileSync(
      join(root, "main.tf.json"),
      JSON.stringify({ provider: { aws: [{ region: REGION, ...OFFLINE_PROVIDER }] }, module: { gateway: call } }),
    );
    const planned = planOf(terraform, root, env);
    const seconds = module.replaced
      .filter(({ option }) => option.seconds)
      .map((each) => [secondsOf(each), valueAt(config, each.keys)]);
    const given = { var: values, local: Object.fromEntries(seconds) as Values };
    return write(outdir, config.name, withKnown(withGiven(module.json.resource, given), planned, root));
  };
}

/** A module of another config has other variables, and one of another version other functions. */
function refuseAnother(folder: string, exported: Config): void {
  const list = join(folder, "SHA256SUMS");
  if (!existsSync(list)) throw new Error(`${folder} has no module that edgegate export wrote`);
  const text = readFileSync(list, "utf8");
  if (text !== checksums(moduleFiles(exported)))
    throw new Error(`${folder} has the module of another config or version; run edgegate export again`);
  if (text !== checksumsOf(folder)) throw new Error(`${folder} has files that were changed; run edgegate export again`);
}

type Values = Record<string, unknown>;

/** @returns arguments that are known, by address in the module */
function planOf(terraform: string, root: string, environment: NodeJS.ProcessEnv): Map<string, Values> {
  const run = (...args: string[]): string => {
    const { status, stdout, stderr, error } = spawnSync(terraform, args, {
      cwd: root,
      encoding: "utf8",
      env: { ...environment, CHECKPOINT_DISABLE: "1" },
      maxBuffer: 64 * 1024 * 1024,
    });
    if (status !== 0) throw new Error(`terraform ${args[0]} failed: ${error?.message ?? stderr.trim()}`);
    return stdout;
  };
  run("init", "-input=false", "-no-color");
  run("plan", "-input=false", "-no-color", "-out=plan");
  const { planned_values: planned } = JSON.parse(run("show", "-json", "plan")) as {
    planned_values: { root_module: { child_modules: [{ resources: { address: string; values?: Values }[] }] } };
  };
  const [{ resources }] = planned.root_module.child_modules;
  return new Map(resources.map(({ address, values = {} }) => [address.replace("module.gateway.", ""), values]));
}

/**
 * Also resolves variables, and the locals that hold their seconds: a map is either planned as a whole or not at all.
 */
function withGiven(resources: object, given: Values): object {
  const text = JSON.stringify(resources, (_, part: unknown) =>
    typeof part === "string"
      ? part.replace(/(?<![$%])\$\{((?:var|local)\.[\w.-]+)\}/g, (whole, path: string) => {
          const value = path.split(".").reduce<unknown>((inside, key) => (inside as Values | undefined)?.[key], given);
          return typeof value === "string" || typeof value === "number" ? literal(String(value)) : whole;
        })
      : part,
  );
  return JSON.parse(text) as object;
}

type Resources = Record<string, Record<string, { [key: string]: unknown }>>;

function withKnown(resources: object, planned: ReadonlyMap<string, Values>, root: string): Resources {
  return Object.fromEntries(
    Object.entries(resources as Resources).map(([type, named]) => [
      type,
      Object.fromEntries(
        Object.entries(named).flatMap(([name, body]) => {
          const values = planned.get(`${type}.${name}`);
          // Some resources use `for_each`, but none of these runs at the edge.
          return values === undefined ? [] : [[name, known(body, values, root) as JsonObject]];
        }),
      ),
    ]),
  );
}

/** @param value the planned value of an expression; undefined or null if it is known only after the apply */
function known(written: unknown, value: unknown, root: string): unknown {
  if (typeof written === "string") {
    if (!/(?<![$%])\$\{/.test(written) || value === undefined || value === null) return written;
    return literal(value as Json);
  }
  if (Array.isArray(written)) {
    const items = Array.isArray(value) ? [...(value as unknown[])] : [];
    return written.map((item) => known(item, takeLike(item, items), root));
  }
  if (typeof written !== "object" || written === null) return written;
  const block = Array.isArray(value) ? (value as unknown[])[0] : value;
  return Object.fromEntries(
    Object.entries(written).map(([key, item]) => {
      const inside = (block as Values | undefined)?.[key];
      const path = key === "filename" && typeof inside === "string" ? fromStack(inside, root) : inside;
      return [key, known(item, path, root)];
    }),
  );
}

/**
 * Terraform sorts sets. So this finds the planned block that agrees with the literal values, and removes it from the
 * list.
 */
function takeLike(written: unknown, items: unknown[]): unknown {
  const isLike = (item: unknown) =>
    typeof written !== "object" || written === null
      ? true
      : Object.entries(written).every(([key, part]) => {
          const isLiteral = typeof part === "number" || (typeof part === "string" && !part.includes("${"));
          return !isLiteral || (item as Values)[key] === part;
        });
  const place = items.findIndex(isLike);
  return place < 0 ? undefined : items.splice(place, 1)[0];
}

/** Terraform's paths begin where it runs, those of a stack in its folder. */
function fromStack(path: string, root: string): string {
  return relative(stackDirOf(join(root, "..")), isAbsolute(path) ? path : resolve(root, path));
}

function stackDirOf(outdir: string): string {
  return join(outdir, "stacks/module");
}

function write(outdir: string, stackName: string, resource: Resources): Synthesized {
  const stackDir = stackDirOf(outdir);
  mkdirSync(stackDir, { recursive: true });
  writeFileSync(join(stackDir, "cdk.tf.json"), JSON.stringify({ resource }, null, 2));
  return { stackDir, stackName, identityStacks: [] };
}
