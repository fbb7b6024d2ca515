/** The pages about identity providers: their configs are valid, and every profile has a page. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../../config/load";
import { PROFILES } from "../../identity/profiles";
import { SMALL } from "../support/small-config";

const FOLDER = join(__dirname, "../../docs/identity");
const PAGES = readdirSync(FOLDER).filter((name) => name !== "README.md");

test("every profile has a page, and the overview leads to each page", () => {
  const overview = readFileSync(join(FOLDER, "README.md"), "utf8");
  expect(PAGES.filter((page) => !overview.includes(`](${page})`))).toEqual([]);
  expect(Object.keys(PROFILES).filter((name) => name !== "generic" && !PAGES.includes(`${name}.md`))).toEqual([]);
});

const CONFIGS = PAGES.flatMap((page) =>
  [...readFileSync(join(FOLDER, page), "utf8").matchAll(/^```ts\n(identityProviders: [^]*?)\n```$/gm)].map(
    ([, block], i): [string, string] => [`${page}, config ${i + 1}`, block!],
  ),
);

test("there are configs", () => expect(CONFIGS.length).toBeGreaterThanOrEqual(PAGES.length - 1));

test.each(CONFIGS)("%s", (_name, block) => {
  const { identityProviders } = new Function(`return {${block}}`)() as { identityProviders: object };
  expect(() => parseConfig({ ...SMALL, identityProviders })).not.toThrow();
});
