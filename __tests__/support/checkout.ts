/** A checkout of its own: what somebody has who cloned the project and installed its packages. */
import { cpSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../..");

/** @param folder does not exist yet. Without tests and hidden files; the packages are a link */
export function copyCheckout(folder: string): void {
  const ignored = readFileSync(join(ROOT, ".gitignore"), "utf8").split("\n");
  const names = readdirSync(ROOT).filter((name) => !/^(\.|__tests__$)/.test(name) && !ignored.includes(`${name}/`));
  for (const name of names) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
}
