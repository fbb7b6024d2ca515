/** A synthesized stack printed as HCL, and its plan compared with that of the JSON. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hclOf } from "../../export/hcl/hcl-of";
import { findTool } from "./tools";

/** What the files are named after. */
const TOPICS = ["terraform", "provider", "var", "local", "output"];

/**
 * Writes the HCL of a stack beside its assets.
 *
 * @param folder must not exist
 * @returns the folder
 */
export function printHcl(stackDir: string, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const assets = join(stackDir, "assets");
  if (existsSync(assets)) cpSync(assets, join(folder, "assets"), { recursive: true });
  const stack = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8")) as object;
  const fileOf = (address: string) => {
    const [first = ""] = address.split(".");
    return `${TOPICS.includes(first) ? first : "main"}.tf`;
  };
  for (const [file, text] of Object.entries(hclOf(stack, { fileOf }))) writeFileSync(join(folder, file), text);
  return folder;
}

/** What `terraform fmt` would change. */
export function badlyFormatted(folder: string): string {
  const { stdout, stderr } = spawnSync(findTool("terraform")!, ["fmt", "-check", "-diff", "-list=false", folder], {
    encoding: "utf8",
    env: { ...process.env, TF_CLI_CONFIG_FILE: "/dev/null" },
  });
  return stdout + stderr;
}

/**
 * A plan in a form that only depends on what it means. As a JSON expression's constant value, Terraform gives the text
 * of the expression; references are compared instead.
 *
 * @param json `terraform show -json`
 */
export function meaningOf(json: string): Record<string, unknown> {
  const plan = JSON.parse(json, (key: string, value: unknown) =>
    key === "constant_value" || (key === "for_each_expression" && isEmpty(value)) ? undefined : value,
  ) as Record<string, unknown>;
  const { timestamp: _, relevant_attributes: relevant = [], ...others } = plan;
  return { ...others, relevant: (relevant as object[]).map((each) => JSON.stringify(each)).sort() };
}

const isEmpty = (value: unknown) => JSON.stringify(value) === "{}";
