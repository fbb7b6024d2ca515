import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError, loadConfig, parseConfig } from "../../config/load";
import { SMALL } from "../support/small-config";

describe("a config file", () => {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-config-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  function written(name: string, content: string): string {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  }

  test.each([
    ["good.json", JSON.stringify(SMALL)],
    ["good.cjs", `module.exports = ${JSON.stringify(SMALL)};`],
    ["default.cjs", `exports.default = ${JSON.stringify(SMALL)};`],
  ])("is read from %s", (name, content) => {
    expect(loadConfig(written(name, content))).toEqual(parseConfig(SMALL));
  });

  test.each([
    ["a file that is not there", "", 'there is no such file; "npx edgegate init" writes one'],
    [
      "a file that throws",
      'throw new Error("no such variable: TEAM\\n    at somewhere");',
      "cannot be read: no such variable: TEAM (line 1)",
    ],
    ["a file that throws no error", 'throw "a text";', "cannot be read: a text"],
    [
      "a file that lacks a comma",
      'module.exports = {\n  name: "wiki"\n  domain: "wiki.example.com",\n};',
      'cannot be read: Unexpected token, expected "," (line 3)',
    ],
    ["a file that ends too early", "module.exports = {\n", "cannot be read: Unexpected token (line 2)"],
    [
      "a file that exports the config by name",
      "exports.config = {};",
      'export the config as default: "export default defineConfig({ … })"; it only exports "config"',
    ],
    [
      "a file that exports nothing",
      "",
      'export the config as default: "export default defineConfig({ … })"; it exports nothing',
    ],
    ["a file that holds something else", "module.exports = 42;", "write an object: export default defineConfig({ … })"],
  ])("%s is one mistake of the whole", (name, content, message) => {
    const path =
      name === "a file that is not there"
        ? join(folder, "nowhere.ts")
        : written(`${name.replaceAll(" ", "-")}.cjs`, content);
    expect(problemsOf(path)).toEqual([
      { path: "", message: typeof message === "string" ? message : expect.stringMatching(message) },
    ]);
  });

  test.each(["yaml", "yml", "toml"])("in .%s is refused before it is read", (ending) => {
    expect(problemsOf(written(`gateway.config.${ending}`, "name: wiki\n"))).toEqual([
      { path: "", message: 'write the config in TypeScript, JavaScript or JSON; "npx edgegate init" writes one' },
    ]);
  });

  test("in TypeScript with a named export says so", () => {
    expect(problemsOf(written("named.ts", "export const gateway = {}, team = 1;"))).toEqual([
      {
        path: "",
        message:
          'export the config as default: "export default defineConfig({ … })"; it only exports "gateway" and "team"',
      },
    ]);
  });

  test("names another file that it imports and that does not parse", () => {
    written("rules.ts", "\n\nexport const rules = [;");
    expect(
      problemsOf(written("imports.ts", 'import { rules } from "./rules";\nexport default { policy: rules };')),
    ).toEqual([{ path: "", message: `cannot be read: Unexpected token (${join(folder, "rules.ts")}, line 3)` }]);
  });

  test.each([
    ["a missing colon", '{\n "name": "wiki",\n "domain" "wiki.example.com"\n}\n', 3],
    ["a comma too much", '{\n "name": "wiki",\n}\n', 3],
    ["single quotes", '{\n "name": "wiki",\n "domain": \'wiki.example.com\'\n}\n', 3],
    ["an end too early", '{\n "name": "wiki",\n', 3],
  ])("in JSON with %s says in which line", (name, content, line) => {
    expect(problemsOf(written(`${name}.json`, content))).toEqual([
      { path: "", message: expect.stringMatching(new RegExp(`^cannot be read: .+ \\(line ${line}\\)$`)) },
    ]);
  });

  function problemsOf(path: string): unknown {
    try {
      return loadConfig(path);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      expect(error.message).toContain(`${path}: 1 mistake\n`);
      return error.problems;
    }
  }
});

test("an error lists its mistakes a line each, with the messages in a column", () => {
  const message = [
    "my.ts: 3 mistakes",
    '  name               write a short name of lower-case letters, digits and "-", such as "main"; it is "Wiki!"',
    '  policy[0].methods  write a list; it is "GET"',
    "  waff               there is no such setting; remove it or check its spelling",
  ];
  const config = { ...SMALL, name: "Wiki!", policy: [{ ...SMALL.policy[0], methods: "GET" }], waff: {} };
  expect(() => parseConfig(config, "my.ts")).toThrow(ConfigError);
  expect(() => parseConfig(config, "my.ts")).toThrow(message.join("\n"));
});
