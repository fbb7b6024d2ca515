/**
 * Detects changes of files' contents. Editors save in many ways: some write, some replace the file, some do both
 * twice. So folders are watched rather than files, and contents are compared, not times.
 */
import { createHash } from "node:crypto";
import { readFileSync, watch, type FSWatcher } from "node:fs";
import { basename, dirname } from "node:path";

export interface FileWatcher {
  /**
   * Watches these files from now on.
   *
   * @param isBroken true if an unknown file may be missing: then every change of a source file or JSON file in their
   * folders counts
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
      // For example, if a folder was deleted, the files in it count as changed.
      watcher.on("error", () => drop(folder));
      folders.set(folder, watcher);
    } catch {
      // A missing folder has no files that could change.
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
      // Changes since the last comparison.
      clearTimeout(timer);
      timer = setTimeout(look, QUIET);
    },
    close() {
      clearTimeout(timer);
      for (const folder of [...folders.keys()]) drop(folder);
    },
  };
}

/** A digest; empty for a missing file. */
function contentOf(file: string): string {
  try {
    return createHash("sha256").update(readFileSync(file)).digest("base64");
  } catch {
    return "";
  }
}

/** Text for people: names without their folders, and only the first ones of many. */
export function namesOf(files: readonly string[]): string {
  const names = [...new Set(files.map((file) => basename(file)))];
  return names.length > 3 ? `${names.slice(0, 2).join(", ")} and ${names.length - 2} more` : names.join(", ");
}
