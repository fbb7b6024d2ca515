import { spawn } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");

interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** `npm start -- …`, ended by a signal once it has printed `until`. */
function start(args: string[], until?: { text: string; signal: NodeJS.Signals }): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [join(ROOT, "node_modules/tsx/dist/cli.mjs"), join(ROOT, "local/start.ts"), ...args],
      {
        cwd: ROOT,
        env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: "1" },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
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

describe("npm start", () => {
  test("--check visits the example's gateway and ends with 0", async () => {
    const { code, stdout, stderr } = await start(["--check"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/\d+ of \d+ as expected/);
  });

  test.each<NodeJS.Signals>(["SIGINT", "SIGTERM"])(
    "says where to click and who can sign in, and ends on %s",
    async (signal) => {
      const { code, stdout, stderr } = await start(["--port", "0"], { text: "Ctrl-C", signal });
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(/https:\/\/app\.localhost:\d+\//);
      expect(stdout).toMatch(/admin +admin-demo/);
      // No colours without a terminal.
      expect(stdout).not.toContain("\u001b");
    },
  );

  test.each([
    [["--prot", "1"], 2, "--prot"],
    [["--port", "http"], 2, "--port is a number"],
    [["--engine", "v8"], 2, "--engine is sandbox or njs, not v8"],
    [["--issuer", "https://login.example.com"], 2, "--issuer and --client-id go together"],
    [["--issuer", "http://login.example.com", "--client-id", "a"], 2, "--issuer is an https URL"],
    [["--check", "--issuer", "https://login.example.com", "--client-id", "a"], 2, "leave --issuer out"],
    [
      ["--issuer", "https://login.example.com", "--client-id", "a", "--client-secret-file", "/none"],
      2,
      "--client-secret-file: /none cannot be read (ENOENT)",
    ],
    [["--config", "none.ts"], 1, "none.ts"],
  ])("%j ends with %i and says why", async (args, code, told) => {
    const run = await start(args);
    expect([run.code, run.stdout]).toEqual([code, ""]);
    expect(run.stderr).toContain(told);
    expect(run.stderr.trimEnd().split("\n").length).toBeLessThanOrEqual(2);
  });

  test("a port in use is told in one line", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    const run = await start(["--port", String(port)]);
    other.close();
    expect(run).toEqual({
      code: 1,
      stdout: "",
      stderr: `edgegate: port ${port} is in use; choose another with --port\n`,
    });
  });
});
