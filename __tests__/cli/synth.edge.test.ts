/** The command that synthesizes, as people and the CDKTF CLI run it. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMALL } from "../support/small-config";

const ROOT = join(__dirname, "../..");
const { app } = JSON.parse(readFileSync(join(ROOT, "cdktf.json"), "utf8")) as { app: string };

describe("the synth command", () => {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-main-"));
  const outdir = join(folder, "out");
  afterEach(() => rmSync(outdir, { recursive: true, force: true }));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("writes the example and says where it is and what comes next", () => {
    const { status, stdout, stderr } = synth([]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain('Synthesized the gateway "handbook"');
    expect(stdout).toContain("npx cdktf-cli@0.21.0 deploy handbook");
    expect(readdirSync(join(outdir, "stacks/handbook")).sort()).toEqual([
      ".terraform.lock.hcl",
      "assets",
      "cdk.tf.json",
    ]);
    expect(readdirSync(outdir).sort()).toEqual(["manifest.json", "stacks"]);
  });

  test.each<[string, string[], Record<string, string>]>([
    ["--config", ["--config", "examples/minimal.ts"], {}],
    ["EDGEGATE_CONFIG", [], { EDGEGATE_CONFIG: "examples/minimal.ts" }],
    ["--config before EDGEGATE_CONFIG", ["--config", "examples/minimal.ts"], { EDGEGATE_CONFIG: "config/example.ts" }],
  ])("takes the config from %s", (_, args, env) => {
    expect(synth(args, env)).toMatchObject({ status: 0, stderr: "" });
    expect(readdirSync(join(outdir, "stacks"))).toEqual(["wiki"]);
  });

  test("prints what to register before the deploy, for every host", () => {
    const { stdout } = synth([]);
    expect(stdout.slice(stdout.indexOf("Before you deploy"))).toBe(
      [
        'Before you deploy, register at the identity provider "main"',
        "  redirect URI              https://handbook.example.com/_gate/callback/main",
        "  post-logout redirect URI  https://handbook.example.com/_gate/signed-out",
        "",
      ].join("\n"),
    );
  });

  test("notes rules that other names of a page avoid", () => {
    const config = join(folder, "server.json");
    const origin = { type: "custom", domainName: "app.example.net", open: true };
    const rules = [
      { path: "/plans/**", methods: ["GET"], allow: "signed-in" },
      { path: "/**", allow: "public" },
    ];
    writeFileSync(config, JSON.stringify({ ...SMALL, origin, policy: rules }));
    expect(synth(["--config", config]).stdout).toContain(
      "Notes\n  policy[0]  if app.example.net serves the page also as /PLANS, that is open to: public.",
    );
  });

  test("prints nothing to register where Terraform makes the client", () => {
    const config = join(folder, "pool.json");
    const main = { profile: "cognito", pool: { domain: { prefix: "wiki-sign-in" } }, roles: { grant: [] } };
    writeFileSync(config, JSON.stringify({ ...SMALL, identityProviders: { main } }));
    const { status, stdout } = synth(["--config", config]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.not.stringContaining("register") });
  });

  test("refuses a policy that is too large for the function, with its size and what to do", () => {
    const config = join(folder, "large.json");
    const policy = Array.from({ length: 400 }, (_, i) => ({ path: `/*/application-${i}/**`, allow: "signed-in" }));
    writeFileSync(config, JSON.stringify({ ...SMALL, policy }));
    const { status, stdout, stderr } = synth(["--config", config]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(
      /\n  policy {2}the gate has \d\d,\d{3} bytes, .* CloudFront takes 10,240\. The store cannot take the policy either: .* Merge rules of "policy"/,
    );
    expect(existsSync(join(outdir, "manifest.json"))).toBe(false);
  });

  test("prints every mistake of a config with its path and what to write, and writes nothing", () => {
    const config = join(folder, "bad.json");
    writeFileSync(
      config,
      JSON.stringify({
        name: "Wiki!",
        domain: "https://wiki.example.com/",
        identityProviders: {
          main: { issuer: "http://login.example.com", clientId: "wiki", clientAuthentication: "secret" },
        },
        origin: { type: "ftp" },
        policy: [{ path: "admin", allow: "everybody" }],
        waff: {},
      }),
    );
    const { status, stdout, stderr } = synth(["--config", config]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    const expected = {
      name: "write a short name",
      domain: "write a host name",
      "identityProviders.main.issuer": "write the issuer",
      "identityProviders.main.clientAuthentication": 'write "none"',
      origin: 'write { type: "s3" }',
      "policy[0].path": 'start the pattern with "/"',
      "policy[0].allow": 'write "public"',
      waff: "there is no such setting",
    };
    for (const [path, message] of Object.entries(expected)) {
      expect(stderr.split("\n").filter((line) => line.trim().startsWith(path) && line.includes(message))).not.toEqual(
        [],
      );
    }
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(existsSync(outdir)).toBe(false);
  });

  test.each([
    ["a missing file", ["--config", "nowhere.ts"], 2, "nowhere.ts"],
    ["an unknown option", ["--confg", "x.ts"], 2, "Did you mean --config?"],
  ])("%s is told in a line, nothing is written", (_, args, status, text) => {
    const result = synth(args);
    expect(result).toMatchObject({ status, stdout: "" });
    expect(result.stderr).toContain(text);
    expect(existsSync(outdir)).toBe(false);
  });

  function synth(args: string[], env: Record<string, string> = {}) {
    return spawnSync("sh", ["-c", `${app} ${args.join(" ")}`], {
      cwd: ROOT,
      encoding: "utf8",
      env: { ...process.env, CDKTF_OUTDIR: outdir, ...env },
    });
  }
});
