import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

const DOCUMENTS = [
  ...readdirSync(ROOT),
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" }).map((name) => join("docs", name)),
].filter((name) => name.endsWith(".md"));

test("the config in the README is the minimal example, word for word", () => {
  expect(read("README.md")).toContain(`\`\`\`ts\n${read("examples/minimal.ts")}\`\`\``);
});

test.each(DOCUMENTS)("links in %s lead to files", (name) => {
  const targets = [...read(name).matchAll(/\]\(([^)#]+)[^)]*\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !target.startsWith("https://"));
  const missing = targets.filter((target) => !existsSync(resolve(ROOT, dirname(name), target)));
  expect(missing).toEqual([]);
});

test("every folder of the project is in the layout", () => {
  const layout = read("docs/layout.md").split("## Folders")[1]!.split("\n## ")[0]!;
  const named = [...layout.matchAll(/`([a-z_-]+)\//g)].map(([, name]) => name);
  const ignored = read(".gitignore").split("\n");
  const folders = readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !ignored.includes(`${entry.name}/`))
    .map(({ name }) => name);
  expect(folders.filter((name) => !named.includes(name))).toEqual([]);
});
