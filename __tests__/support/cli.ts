/** Runs the command line as people do: in a separate process, without this machine's AWS settings, on the example. */
import { spawn } from "node:child_process";
import { join } from "node:path";

export const EDGEGATE = join(__dirname, "../../cli/edgegate.js");
const ROOT = join(__dirname, "../..");

export interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: Record<string, string>;
  /** Piped in. */
  input?: string;
  /** The working directory; by default the checkout. */
  cwd?: string;
}

/** Without a terminal. */
export function edgegate(args: readonly string[], { env = {}, input = "", cwd = ROOT }: RunOptions = {}): Promise<Run> {
  return run(process.execPath, [EDGEGATE, ...args], { env, input, cwd });
}

/**
 * At a terminal of its own, which shows what people see; both streams are in `stdout`.
 *
 * @param script path of util-linux's `script`
 * @param answers each is typed once the text before it is shown
 */
export function edgegateAtTerminal(
  script: string,
  args: readonly string[],
  answers: readonly [shown: string, typed: string][] = [],
  env: Record<string, string> = {},
  cwd = ROOT,
): Promise<Run> {
  const command = [process.execPath, EDGEGATE, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  return run(script, ["--quiet", "--return", "--echo", "always", "--command", command, "/dev/null"], {
    env: { TERM: "xterm", ...env },
    answers,
    cwd,
  });
}

function run(
  file: string,
  args: readonly string[],
  {
    env,
    input,
    cwd,
    answers = [],
  }: { env: Record<string, string>; input?: string; cwd: string; answers?: readonly [shown: string, typed: string][] },
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const { PATH, HOME, TMPDIR } = process.env;
    const child = spawn(file, args, {
      cwd,
      env: {
        ...(PATH && { PATH }),
        ...(HOME && { HOME }),
        ...(TMPDIR && { TMPDIR }),
        AWS_CONFIG_FILE: "/dev/null",
        AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
        AWS_EC2_METADATA_DISABLED: "true",
        EDGEGATE_CONFIG: "config/example.ts",
        ...env,
      },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const result: Run = { code: null, stdout: "", stderr: "" };
    const waiting = [...answers];
    child.stdout.on("data", (chunk: Buffer) => {
      result.stdout += chunk.toString();
      if (waiting[0] && result.stdout.includes(waiting[0][0])) child.stdin.write(waiting.shift()![1]);
    });
    child.stderr.on("data", (chunk: Buffer) => (result.stderr += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => resolve({ ...result, code }));
    if (input !== undefined) child.stdin.end(input);
  });
}
