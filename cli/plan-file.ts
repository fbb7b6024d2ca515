/** Reads the plan that a command line names. */
import { readFileSync } from "node:fs";
import type { Plan } from "../review/plan/plan";
import { PlanError, readPlan } from "../review/plan/read-plan";
import { usageFailure } from "./failures";

const STDIN = 0;

/** @param file "-" for stdin @throws CommandFailure that says what to type */
export function planIn(file: string): Plan {
  try {
    return readPlan(bytesOf(file));
  } catch (error) {
    if (error instanceof PlanError) throw usageFailure(`${nameOf(file)}: ${error.message}`, error.hint);
    throw error;
  }
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file === "-" ? STDIN : file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = { ENOENT: "there is no such file", EISDIR: "this is a folder", EACCES: "this file may not be read" };
    throw usageFailure(
      `${nameOf(file)}: ${why[code as keyof typeof why] ?? `it cannot be read (${code})`}`,
      "name the file that terraform show -json wrote",
    );
  }
}

function nameOf(file: string): string {
  return file === "-" ? "stdin" : file;
}
