/** A checkout of its own: what somebody has who cloned the project and installed its packages. */
import { cpSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../..");

/** Without tests, hidden files and packages. @param folder does not exist yet */
export function copySources(folder: string): void {
  const ignored = readFileSync(join(ROOT, ".gitignore"), "utf8").split("\n");
  const names = readdirSync(ROOT).filter((name) => !/^(\.|__tests__$)/.test(name) && !ignored.includes(`${name}/`));
  for (const name of names) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
}

/** The sources, with a link to the packages. @param folder does not exist yet */
export function copyCheckout(folder: string): void {
  copySources(folder);
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
}
