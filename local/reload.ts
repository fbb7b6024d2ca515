/** Deploys the config again when one of its files changes. A config that cannot be deployed changes nothing. */
import type { Config } from "../config/schema";
import { startFreshSynthesis } from "./fresh-synthesis";
import type { LocalEdge } from "./local-edge-types";
import { configModules, ownSources } from "./sources";
import { namesOf, watchFiles } from "./watch";

export interface ReloadOptions {
  edge: LocalEdge;
  /** The config file. */
  file: string;
  /** The config, as loaded from the file. */
  config: Config;
  /** The config that the edge gets, such as one with another identity provider. */
  adapt: (config: Config) => Config;
  /** Called with one line if something changed, and with several if something is wrong. */
  onResult: (text: string, isError: boolean) => void;
}

/** @returns a function that ends it */
export function reloadOnChange({ edge, file, config, adapt, onResult }: ReloadOptions): () => Promise<void> {
  let current = config;
  const waiting: string[] = [];
  let running: Promise<void> | undefined;
  let isEnded = false;
  let stop = () => {};
  const sources = ownSources();

  async function reload(changed: string[]): Promise<void> {
    const begin = performance.now();
    const fresh = startFreshSynthesis();
    stop = fresh.close;
    let isBroken = true;
    try {
      const next = await fresh.load(file);
      isBroken = false;
      const settings = changedSettings(current, next);
      if (settings.length === 0 && !changed.some((name) => sources.includes(name)))
        return onResult(`${namesOf(changed)}: saved, no setting changed`, false);
      await edge.update(adapt(next), fresh.write);
      current = next;
      const seconds = ((performance.now() - begin) / 1000).toFixed(1);
      onResult(`reloaded in ${seconds} s: ${settings.join(", ") || "the code"} (${namesOf(changed)})`, false);
    } catch (error) {
      if (!isEnded) onResult(`not reloaded, the last config keeps serving: ${(error as Error).message}`, true);
    } finally {
      fresh.close();
      if (!isEnded) watcher.watch([...new Set([...fresh.files, ...(isBroken ? known : []), ...sources])], isBroken);
      if (!isBroken) known = fresh.files;
    }
  }

  /** One deployment at a time; changes during it cause the next one. */
  async function run(): Promise<void> {
    while (waiting.length > 0 && !isEnded) await reload(waiting.splice(0));
    running = undefined;
  }

  let known = configModules(file);
  const watcher = watchFiles((changed) => {
    waiting.push(...changed);
    running ??= run();
  });
  watcher.watch([...known, ...sources]);
  return async () => {
    isEnded = true;
    watcher.close();
    stop();
    await running;
  };
}

function changedSettings(before: Config, after: Config): string[] {
  const value = (config: Config, name: string) => JSON.stringify(config[name as keyof Config]);
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => value(before, name) !== value(after, name));
}
