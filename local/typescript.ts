import { join } from "node:path";

/** The arguments with which Node runs a module: a checkout has TypeScript, the package JavaScript. */
export function nodeArguments(module: string): string[] {
  return module.endsWith(".ts") ? ["--require", join(__dirname, "../build/typescript.js")] : [];
}
