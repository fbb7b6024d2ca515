/** An empty project with the package in it, installed from the tarball that `npm pack` makes. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyCheckout } from "../support/checkout";

export interface Installed {
  /** The project's folder. */
  project: string;
  tarball: string;
  /** The package in the project. */
  root: string;
  /** A command line in the project. @throws Error with what it printed, when it does not end with 0 */
  run(command: string): string;
  /** One that goes on. */
  start(command: string): ChildProcess;
  close(): void;
}

/** @param manifest of the project, beside what is installed. @throws Error with what npm printed */
export function installPackage(manifest: object = {}): Installed {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-package-"));
  const [checkout, project] = [join(folder, "checkout"), join(folder, "project")];
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: "1" };
  delete env["EDGEGATE_CONFIG"];
  delete env["CDKTF_OUTDIR"];
  // The checkout's own would be found before those of the project.
  env["PATH"] = env["PATH"]!.split(":")
    .filter((path) => !path.endsWith("node_modules/.bin"))
    .join(":");

  function run(command: string, cwd = project): string {
    const { status, stdout, stderr } = spawnSync("sh", ["-c", command], { cwd, env, encoding: "utf8" });
    if (status !== 0) throw new Error(`${command}: ended with ${status}\n${stdout}\n${stderr}`);
    return stdout;
  }

  copyCheckout(checkout);
  run(`npm pack --silent --pack-destination '${folder}'`, checkout);
  const tarball = join(
    folder,
    readdirSync(folder).find((name) => name.endsWith(".tgz"))!,
  );
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), `${JSON.stringify({ private: true, ...manifest })}\n`);
  run(`npm i --prefer-offline --no-audit --no-fund '${tarball}'`);
  return {
    project,
    tarball,
    root: join(project, "node_modules/edgegate"),
    run: (command) => run(command),
    start: (command) =>
      spawn("sh", ["-c", `exec ${command}`], { cwd: project, env, stdio: ["ignore", "pipe", "pipe"] }),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
