import { execFileSync } from "node:child_process";

/**
 * What an expression is in a folder's configuration, which has no provider and needs no init. On its way the value is
 * base64, because the console escapes what looks like a template.
 *
 * @param terraform path of the command
 */
export function evaluate(terraform: string, folder: string, expression: string): unknown {
  const output = execFileSync(terraform, ["console"], {
    cwd: folder,
    env: { ...process.env, CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: "/dev/null" },
    input: `base64encode(jsonencode(${expression}))\n`,
    encoding: "utf8",
  });
  return JSON.parse(Buffer.from(JSON.parse(output) as string, "base64").toString("utf8"));
}
