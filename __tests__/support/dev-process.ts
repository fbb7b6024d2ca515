/** `edgegate dev` in a process of its own, with a config in a folder of its own. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { announcements, type Announcement } from "../../local/announcement";
import { EDGEGATE } from "./cli";
import { soon } from "./soon";

export interface DevProcess {
  /** Where the config is. */
  folder: string;
  url: string;
  /** The certificates (PEM), as they are now. */
  ca(): string;
  /** What it has printed so far. */
  output(): string;
  /** Replaces a file of the folder in one step, as editors do. */
  save(name: string, content: string): void;
  /** Ends it as Ctrl-C does. @returns the exit code */
  end(): Promise<number | null>;
}

/**
 * @param files by name; with a gateway.config.ts
 * @param args for `edgegate dev`
 */
export async function startDev(files: Record<string, string>, args: readonly string[] = []): Promise<DevProcess> {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-dev-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const child = spawn(process.execPath, [EDGEGATE, "dev", "--port", "0", ...args], {
    cwd: folder,
    // CI jobs get no colors either: nobody sees a terminal there.
    env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: undefined, CI: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const end = async () => {
    child.kill("SIGINT");
    const code = await ended;
    rmSync(folder, { recursive: true, force: true });
    return code;
  };
  let edge: Announcement | undefined;
  try {
    await soon(() => {
      if (child.exitCode !== null) throw new Error(output);
      expect(output).toContain("Ctrl-C");
      edge = announcements().find(({ pid }) => pid === child.pid);
      expect(edge).toBeDefined();
    });
  } catch (error) {
    await end();
    throw error;
  }
  const { url, caFile } = edge!;
  return {
    folder,
    url,
    ca: () => readFileSync(caFile, "utf8"),
    output: () => output,
    save(name, content) {
      writeFileSync(join(folder, `.${name}.swp`), content);
      renameSync(join(folder, `.${name}.swp`), join(folder, name));
    },
    end,
  };
}
