/** Modules and stacks of the same identity providers as modules of one configuration, so that one plan plans them all. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { artifacts } from "../../build/artifacts";
import type { Config } from "../../config/schema";
import { identityArguments, identityFolder } from "../../export/identity/call";
import type { IdentityModule } from "../../export/identity/identity-module";
import { identityModules } from "../../export/identity/modules";
import { filesOf } from "../../export/files";
import { moduleOf } from "../../export/module";
import { put } from "../../export/nested";
import { synthesize } from "../../stacks/synthesize";
import { literal } from "../../stacks/terraform-text";
import { otherThan } from "./module-call";

/** The only identity module of a config. */
export function identityModule(config: Config): IdentityModule {
  const [module, ...more] = identityModules(config);
  if (!module || more.length > 0) throw new Error("the config must have one app or pool");
  return module;
}

/**
 * @param folder gets the root configuration
 * @param configs by the names of the pairs; each has one app or pool
 * @param otherwise changes what lists and maps the module computes something from, so that the export has other defaults
 * @param provider the root's provider for a stack's; equal ones are one
 */
export function writeIdentityPairs(
  folder: string,
  configs: Readonly<Record<string, Config>>,
  otherwise: (config: Config) => Config,
  provider: (ofStack: object) => { providers?: object; block: object },
): void {
  const module: Record<string, object> = {};
  const blocks: Record<string, object[]> = {};
  for (const [name, config] of Object.entries(configs)) {
    const { terraform, provider: ofStack, ...stack } = stackOf(join(folder, "out", name), config);
    const [[type, [given]]] = Object.entries(ofStack) as [[string, [object]]];
    const { providers, block } = provider(given);
    const ofType = (blocks[type] ??= []);
    if (!ofType.some((each) => JSON.stringify(each) === JSON.stringify(block))) ofType.push(block);
    write(folder, `stack-${name}/main.tf.json`, { ...stack, terraform: { ...terraform, backend: undefined } });
    module[`stack-${name}`] = { source: `./stack-${name}`, providers };
    module[`module-${name}`] = {
      source: `./module-${name}`,
      providers,
      ...writeModule(folder, name, config, otherwise),
    };
  }
  write(folder, "main.tf.json", { provider: blocks, module });
}

function stackOf(outdir: string, config: Config) {
  const { identityStacks } = synthesize(config, { outdir });
  return JSON.parse(readFileSync(join(outdir, "stacks", identityStacks[0]!, "cdk.tf.json"), "utf8")) as {
    terraform: object;
    provider: Record<string, [object]>;
  };
}

/** Exported from a config with other values, and called with those of this one. @returns the arguments of the call */
function writeModule(folder: string, name: string, config: Config, otherwise: (config: Config) => Config): object {
  const module = identityModule(config);
  const other = otherwise(withOtherValues(config, module));
  const prefix = `${identityFolder(module.client)}/`;
  for (const [path, content] of Object.entries(filesOf(moduleOf(other), other, artifacts())))
    if (path.startsWith(prefix)) write(folder, join(`module-${name}`, path.slice(prefix.length)), content);
  return literal(identityArguments(module));
}

/** A config of the same shape, with other values wherever the module has a variable. */
function withOtherValues(config: Config, { client, replaced }: IdentityModule): Config {
  const other = structuredClone(config);
  for (const { keys, value, option } of replaced) {
    const place = ["app", "pool"].includes(keys[0]!) ? ["identityProviders", client.id, ...keys] : keys;
    put(other, place, otherThan(value, option.path));
  }
  return other;
}

function write(folder: string, path: string, content: string | Uint8Array | object): void {
  const isText = typeof content === "string" || content instanceof Uint8Array;
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), isText ? content : JSON.stringify(content));
}
