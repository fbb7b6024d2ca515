import { spawn } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { EDGEGATE } from "../support/cli";

const ROOT = join(__dirname, "../..");

interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** `edgegate dev …` with the example, ended by a signal once it has printed `until`. */
function dev(args: string[], until?: { text: string; signal: NodeJS.Signals }): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [EDGEGATE, "dev", "--config", "config/example.ts", ...args], {
      cwd: ROOT,
      env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const run: Run = { code: null, stdout: "", stderr: "" };
    let signalled = false;
    child.stdout.on("data", (chunk: Buffer) => {
      run.stdout += chunk.toString();
      if (until && !signalled && run.stdout.includes(until.text)) {
        signalled = true;
        child.kill(until.signal);
      }
    });
    child.stderr.on("data", (chunk: Buffer) => (run.stderr += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => resolve({ ...run, code }));
  });
}

describe("edgegate dev", () => {
  test("--check visits the example's gateway and ends with 0", async () => {
    const { code, stdout, stderr } = await dev(["--check"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/\d+ of \d+ as expected/);
  });

  test("--check calls an API as a program, and the greeting says how", async () => {
    const config = ["--config", "examples/api.ts"];
    const { code, stdout } = await dev([...config, "--check"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/program: GET \/api\/hello, no token +401 application\/problem\+json/);
    expect(stdout).toMatch(/program: GET \/api\/hello, access token +200/);
    expect(stdout).toMatch(/program: GET \/api\/hello, edge token +200/);
    expect(stdout).toMatch(/program: POST \/api\/hello, edge token +403/);
    const greeted = await dev([...config, "--port", "0"], { text: "Ctrl-C", signal: "SIGINT" });
    expect(greeted.stdout).toMatch(/curl -sk -u demo-program:program-demo .* https:\/\/localhost:\d+\/token/);
    expect((await dev(["--port", "0"], { text: "Ctrl-C", signal: "SIGINT" })).stdout).not.toContain("curl");
  });

  test.each<NodeJS.Signals>(["SIGINT", "SIGTERM"])(
    "says where to click and who can sign in, and ends on %s",
    async (signal) => {
      const { code, stdout, stderr } = await dev(["--port", "0"], { text: "Ctrl-C", signal });
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(/https:\/\/app\.localhost:\d+\//);
      expect(stdout).toMatch(/admin +admin-demo/);
      // No colors without a terminal.
      expect(stdout).not.toContain("\u001b");
    },
  );

  test.each([
    [["--prot", "1"], 2, "Did you mean --port?"],
    [["--port", "http"], 2, "write a number up to 65535"],
    [["--port", "65536"], 2, "write a number up to 65535"],
    [["--engine", "v8"], 2, "Allowed choices are sandbox, njs"],
    [["--issuer", "https://login.example.com"], 2, "--issuer and --client-id go together"],
    [["--issuer", "http://login.example.com", "--client-id", "a"], 2, "--issuer must be an https URL"],
    [["--check", "--issuer", "https://login.example.com", "--client-id", "a"], 2, "leave --issuer out"],
    [
      ["--issuer", "https://login.example.com", "--client-id", "a", "--client-secret-file", "/none"],
      2,
      "/none cannot be read (ENOENT)",
    ],
    [["--site", "/none"], 2, "there is no folder /none"],
    [["--site", "docs", "--check"], 2, "leave --site out"],
    [["--site", "docs", "--config", "examples/minimal.ts"], 2, "--site is for configs with an S3 origin"],
    [["--config", "none.ts"], 2, "none.ts"],
    [["--origin", "http://localhost:3000"], 2, 'write it as in --origin "/api/*=http://localhost:3000"'],
    [["--origin", "/apis/*=http://localhost:3000"], 2, "its behaviors are default, /api/*"],
    [["--origin", "default=localhost:3000"], 2, 'write one, such as "http://localhost:3000"'],
    [["--origin", "default=ftp://localhost"], 2, "has no http or https URL"],
    [["--origin", "*=http://localhost:3000/app"], 2, "write http://localhost:3000; the path of a request"],
    [["--origin", "*=http://a:b@localhost:3000"], 2, "has more than scheme, host and port"],
    [
      ["--origin", "*=http://localhost:1", "--origin", "default=http://localhost:2"],
      2,
      "is a second origin for default",
    ],
    [["--check", "--origin", "*=http://localhost:1"], 2, "leave --origin out"],
  ])("%j ends with %i and says why", async (args, code, told) => {
    const run = await dev(args);
    expect([run.code, run.stdout]).toEqual([code, ""]);
    expect(run.stderr).toContain(told);
    // What is wrong, perhaps what was meant, and what to do.
    expect(run.stderr.trimEnd().split("\n").length).toBeLessThanOrEqual(3);
  });

  test("is no document without --check", async () => {
    const { code, stdout } = await dev(["--json"]);
    expect([code, JSON.parse(stdout)]).toEqual([
      2,
      { error: expect.objectContaining({ message: "--json goes with --check" }) },
    ]);
  });

  test("a port in use is reported in one line", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    const run = await dev(["--port", String(port)]);
    other.close();
    expect(run).toEqual({
      code: 1,
      stdout: "",
      stderr: `edgegate: port ${port} is in use; choose another with --port\n`,
    });
  });
});
