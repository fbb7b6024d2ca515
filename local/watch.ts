/**
 * Notices that files have other contents. Editors save in many ways: some write, some replace the file, some do both
 * twice. So folders are watched rather than files, and contents are compared, not times.
 */
import { createHash } from "node:crypto";
import { readFileSync, watch, type FSWatcher } from "node:fs";
import { basename, dirname } from "node:path";

export interface FileWatcher {
  /**
   * Watches these files from now on.
   *
   * @param isBroken true if a file may be missing that nobody can name: then every change of a source file or JSON file
   *   in their folders counts
   */
  watch(files: readonly string[], isBroken?: boolean): void;
  close(): void;
}

/** Milliseconds without another change, after which a save is complete. */
const QUIET = 150;
const SOURCE = /\.(?:[cm]?[jt]s|json)$/;

/** @param onChange called with the files that changed, as they were given */
export function watchFiles(onChange: (files: string[]) => void): FileWatcher {
  const folders = new Map<string, FSWatcher>();
  let contents = new Map<string, string>();
  let isAnyFile = false;
  const unknown = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  function look(): void {
    const changed = [...contents.keys()].filter((file) => contents.get(file) !== contentOf(file));
    for (const file of changed) contents.set(file, contentOf(file));
    const all = [...changed, ...unknown];
    unknown.clear();
    if (all.length > 0) onChange(all);
  }

  function watchFolder(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        const file = name === null ? undefined : `${folder}/${name}`;
        if (isAnyFile && file !== undefined && SOURCE.test(file) && !contents.has(file)) unknown.add(file);
        clearTimeout(timer);
        timer = setTimeout(look, QUIET);
      });
      // Such as a folder that was deleted; the files in it then count as changed.
      watcher.on("error", () => drop(folder));
      folders.set(folder, watcher);
    } catch {
      // A folder that is not there has no file that could change.
    }
  }

  function drop(folder: string): void {
    folders.get(folder)?.close();
    folders.delete(folder);
  }

  return {
    watch(files, isBroken = false) {
      isAnyFile = isBroken;
      contents = new Map(files.map((file) => [file, contents.get(file) ?? contentOf(file)]));
      const wanted = new Set(files.map((file) => dirname(file)));
      for (const folder of folders.keys()) if (!wanted.has(folder)) drop(folder);
      for (const folder of wanted) if (!folders.has(folder)) watchFolder(folder);
      // What changed while nobody looked.
      clearTimeout(timer);
      timer = setTimeout(look, QUIET);
    },
    close() {
      clearTimeout(timer);
      for (const folder of [...folders.keys()]) drop(folder);
    },
  };
}

/** A digest; empty for a file that is not there. */
function contentOf(file: string): string {
  try {
    return createHash("sha256").update(readFileSync(file)).digest("base64");
  } catch {
    return "";
  }
}

/** For people: names without their folders, the first ones of many. */
export function namesOf(files: readonly string[]): string {
  const names = [...new Set(files.map((file) => basename(file)))];
  return names.length > 3 ? `${names.slice(0, 2).join(", ")} and ${names.length - 2} more` : names.join(", ");
}
