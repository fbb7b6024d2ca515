/** `edgegate review PLAN.json`: what a plan changes, as Markdown for a pull request. */
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { reviewJson } from "../../review/render/json";
import { reviewMarkdown } from "../../review/render/markdown";
import { reviewSarif } from "../../review/render/sarif";
import { reviewOf } from "../../review/review";
import { isAtLeast, type Severity } from "../../review/severity";
import { usageFailure } from "../failures";
import type { GlobalOptions } from "../options";
import type { Outcome } from "../output";
import { planIn } from "../plan-file";

export interface ReviewOptions extends GlobalOptions {
  failOn: Severity | "never";
  sarif?: string;
}

export function review(options: ReviewOptions, file: string): Promise<Outcome> {
  const { failOn, sarif } = options;
  const found = reviewOf(planIn(file));
  if (sarif !== undefined) write(sarif, reviewSarif(found, file, version()));
  const fails = failOn !== "never" && found.severity !== undefined && isAtLeast(found.severity, failOn);
  return Promise.resolve({
    json: reviewJson(found),
    text: reviewMarkdown(found),
    ...(fails && { exit: "problemsFound" }),
  });
}

function write(file: string, sarif: object): void {
  try {
    writeFileSync(file, `${JSON.stringify(sarif, null, 2)}\n`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw usageFailure(`--sarif ${file}: it cannot be written (${code})`, "name a file in a folder that exists");
  }
}

function version(): string {
  return (createRequire(__filename)("edgegate/package.json") as { version: string }).version;
}
