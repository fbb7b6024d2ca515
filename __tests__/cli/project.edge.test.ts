/** The commands that set up a gateway, in the folder of a project. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../config/load";
import { edgegate, edgegateAtTerminal, type Run } from "../support/cli";
import { describeWith } from "../support/tools";

const FLAGS = {
  "--name": "wiki",
  "--domain": "wiki.example.com",
  "--issuer": "https://login.example.com",
  "--client-id": "wiki",
  "--origin": "wiki-origin.example.com",
  "--dns": "Z0123456789ABCDEFGHIJ",
};

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "edgegate-project-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const read = (name: string) => readFileSync(join(folder, name), "utf8");
/** Without a config that the environment names. */
const run = (args: readonly string[]): Promise<Run> =>
  edgegate(args, { cwd: folder, env: { EDGEGATE_CONFIG: "", CDKTF_OUTDIR: "" } });
const init = (flags: Partial<typeof FLAGS> = FLAGS): Promise<Run> => run(["init", ...Object.entries(flags).flat()]);

describe("without a config no command acts on any", () => {
  test.each([
    ["check"],
    ["dev"],
    ["dev --check"],
    ["synth"],
    ["teardown --plan"],
    ["sessions"],
    ["revoke user alice@example.com --yes"],
    ["lockdown --yes"],
    ["rotate-keys --yes"],
    ["store check"],
    ["store rebuild --yes"],
    ["secrets put main"],
  ])("edgegate %s", async (command) => {
    expect(await run(command.split(" "))).toEqual({
      code: 2,
      stdout: "",
      stderr:
        'edgegate: no gateway.config.ts here\nrun "npx edgegate init", or name a file with --config or EDGEGATE_CONFIG\n',
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("edgegate init", () => {
  test("writes a config that says what the flags said, and what belongs beside it", async () => {
    expect(await init()).toMatchObject({ code: 0, stderr: "" });
    expect(readdirSync(folder).sort()).toEqual([".gitignore", "cdktf.json", "gateway.config.ts"]);
    expect(loadConfig(join(folder, "gateway.config.ts"))).toMatchObject({
      name: "wiki",
      domain: "wiki.example.com",
      hostedZoneId: "Z0123456789ABCDEFGHIJ",
      identityProviders: { main: { issuer: "https://login.example.com", clientId: "wiki" } },
      origin: { type: "custom", domainName: "wiki-origin.example.com", secretHeader: true },
      policy: [{ path: "/**", allow: "signed-in" }],
    });
    expect(JSON.parse(read("cdktf.json"))).toMatchObject({ app: "npx edgegate synth", output: "cdktf.out" });
    expect(read(".gitignore").split("\n")).toEqual(expect.arrayContaining(["cdktf.out/", "*.tfstate*"]));
  });

  test.each([
    ["a bucket", { "--origin": "s3" }, { origin: { type: "s3" } }],
    [
      "a certificate",
      { "--dns": "arn:aws:acm:us-east-1:111122223333:certificate/0a1b" },
      { certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/0a1b" },
    ],
  ])("takes %s", async (_, flags, expected) => {
    expect(await init({ ...FLAGS, ...flags })).toMatchObject({ code: 0, stderr: "" });
    expect(loadConfig(join(folder, "gateway.config.ts"))).toMatchObject(expected);
  });

  test("overwrites nothing, and says what is there", async () => {
    writeFileSync(join(folder, ".gitignore"), "node_modules/\n");
    writeFileSync(join(folder, "cdktf.json"), "{}");
    const { code, stdout } = await init();
    expect(code).toBe(0);
    expect(stdout).toMatch(/\.gitignore +already there, not changed; add cdktf\.out\/ \.terraform\/ \*\.tfstate\*/);
    expect(stdout).toMatch(/cdktf\.json +already there, not changed; its "app" must be "npx edgegate synth"/);
    expect([read(".gitignore"), read("cdktf.json")]).toEqual(["node_modules/\n", "{}"]);
  });

  test("leaves a config that is there alone", async () => {
    writeFileSync(join(folder, "gateway.config.ts"), "mine");
    expect(await init()).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("already exists") });
    expect([readdirSync(folder), read("gateway.config.ts")]).toEqual([["gateway.config.ts"], "mine"]);
  });

  test("says which flags are missing if there is no terminal", async () => {
    const { code, stderr } = await init({ "--name": "wiki", "--domain": "wiki.example.com" });
    expect(code).toBe(2);
    expect(stderr).toContain("add --issuer https://login.example.com --client-id wiki --origin");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("lists every mistake in the flags, and writes nothing", async () => {
    const { code, stderr } = await init({
      ...FLAGS,
      "--name": "Wiki!",
      "--issuer": "http://login",
      "--origin": "ftp:",
    });
    expect(code).toBe(2);
    for (const line of [
      "--name .* write a short name",
      "--issuer .* write the issuer",
      "--origin .* write a host name",
    ])
      expect(stderr).toMatch(new RegExp(line.replaceAll(" .* ", " +")));
    expect(readdirSync(folder)).toEqual([]);
  });

  const PIPELINES = { github: ".github/workflows/gateway.yml", gitlab: ".gitlab-ci.yml" };

  test.each(Object.entries(PIPELINES))("--ci %s writes pipelines for the new stack", async (system, file) => {
    const { code, stdout, stderr } = await run(["init", ...Object.entries(FLAGS).flat(), "--ci", system]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(read(file)).toContain("STACK_DIR: cdktf.out/stacks/wiki\n");
    expect(stdout).toMatch(/state: \{ bucket: .* belongs into gateway\.config\.ts before a pipeline deploys/);
  });

  test("--ci in a project with a config adds the pipelines only, for its stack, and overwrites none", async () => {
    await init({ ...FLAGS, "--name": "intranet" });
    const config = read("gateway.config.ts").replace(
      "  domain:",
      '  state: { bucket: "states", region: "us-east-1" },\n  domain:',
    );
    writeFileSync(join(folder, "gateway.config.ts"), config);
    const { code, stdout, stderr } = await run(["init", "--ci", "github"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(read(PIPELINES.github)).toContain("STACK_DIR: cdktf.out/stacks/intranet\n");
    expect(stdout).not.toContain("state: {");
    expect(read("gateway.config.ts")).toBe(config);
    writeFileSync(join(folder, PIPELINES.github), "mine");
    expect((await run(["init", "--ci", "github"])).stdout).toMatch(/gateway\.yml +already there, not changed/);
    expect(read(PIPELINES.github)).toBe("mine");
  });

  test("--ci changes no answer that is in the config already", async () => {
    await init();
    const { code, stderr } = await run(["init", "--ci", "github", "--domain", "other.example.com"]);
    expect(code).toBe(2);
    expect(stderr).toContain("leave --domain out to add pipelines to it");
    expect(readdirSync(folder)).not.toContain(".github");
  });

  describeWith("script", "at a terminal", (script) => {
    test("asks, and asks again after a mistake", async () => {
      const { code, stdout } = await edgegateAtTerminal(
        script,
        ["init", "--name", "wiki"],
        [
          ["domain that people open", "https://wiki\n"],
          ["write a host name", "wiki.example.com\n"],
          ["issuer URL", "https://login.example.com\n"],
          ["client ID that", "wiki\n"],
          ["host name of the site", "s3\n"],
          ["Route 53 hosted zone", "Z0123456789ABCDEFGHIJ\n"],
        ],
        {},
        folder,
      );
      expect(stdout).toContain("npx edgegate dev");
      expect(code).toBe(0);
      expect(loadConfig(join(folder, "gateway.config.ts"))).toMatchObject({
        domain: "wiki.example.com",
        origin: { type: "s3" },
      });
    });
  });
});

test("edgegate synth --require-state refuses a state on a machine that will be gone", async () => {
  await init();
  const refused = await run(["synth", "--require-state"]);
  expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 2, stdout: "" });
  expect(refused.stderr).toMatch(
    /gateway\.config\.ts: 1 mistake\n +state +write the bucket of Terraform's state, as in/,
  );
  expect(readdirSync(folder)).not.toContain("cdktf.out");
});

describe("edgegate check", () => {
  test("says what the policy decides, in the order in which it does", async () => {
    const { code, stdout, stderr } = await edgegate(["check", "--config", "examples/custom-origin.ts"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const rows = stdout.split("\n").slice(-9, -1);
    expect(rows.map((row) => row.trim().split(/ {2,}/))).toEqual([
      ["host", "methods", "path", "may pass"],
      ["any", "any", "/", "public"],
      ["any", "any", "/static/**", "public"],
      ["any", "any", "/admin/**", "admin"],
      ["any", "GET", "/api/orders/**", "signed-in"],
      ["any", "any", "/api/orders/**", "clerk or admin"],
      ["any", "any", "/account/**", "signed-in"],
      ["any", "any", "everything else", "nobody"],
    ]);
  });

  test("lists the mistakes of a config", async () => {
    writeFileSync(join(folder, "gateway.config.ts"), "export default { name: 'Wiki!' };");
    const { code, stdout, stderr } = await run(["check"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/gateway\.config\.ts: \d+ mistakes\n +name +write a short name/);
  });
});

test.each([["--help"], ["init --help"], ["--version"]])(
  "edgegate %s loads neither CDKTF nor the AWS SDK",
  async (command) => {
    const preload = join(folder, "preload.js");
    const names = JSON.stringify(["cdktf", "constructs", "@cdktf", "zod", "jiti", "@aws-sdk"]);
    writeFileSync(
      preload,
      `process.on("exit", () => process.stderr.write(${names}.filter((name) =>
      Object.keys(require.cache).some((path) => path.includes("/node_modules/" + name + "/"))).join()));`,
    );
    const { code, stderr } = await edgegate(command.split(" "), { env: { NODE_OPTIONS: `--require ${preload}` } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  },
);
