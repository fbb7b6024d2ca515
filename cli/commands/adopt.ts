/** `edgegate adopt FILE`: how to attach a gateway to an existing distribution. Reads the file only. */
import { onStdout } from "../colors";
import { configFor, configText, hostsIn } from "../adopt/config";
import { readDistributionFile, type AwsDistribution } from "../adopt/distribution";
import { changesOf, operationsOf } from "../adopt/patch";
import { risksOf, type Risk } from "../adopt/risks";
import { usageFailure } from "../failures";
import type { GlobalOptions } from "../options";
import { columns, type Outcome } from "../output";
import { printable } from "../printable";

export function adopt(_options: GlobalOptions, file: string): Promise<Outcome> {
  const distribution = readDistributionFile(file);
  if (hostsIn(distribution).length === 0)
    throw usageFailure(
      `${file} names no host that people open`,
      "write the output of aws cloudfront get-distribution, which also has the domain name of the distribution",
    );
  const changes = changesOf(distribution);
  const displaced = [...new Set(changes.flatMap((change) => change.displaced))];
  const risks = [...severalFunctions(displaced), ...risksOf(distribution)];
  const config = configFor(distribution, displaced);
  const problems = risks.filter(({ level }) => level === "problem").length;
  return Promise.resolve({
    json: {
      config,
      changes,
      patch: operationsOf(distribution),
      risks,
      import: importBlock(distribution) ?? null,
      problems,
    },
    text: [
      section("gateway.config.ts", configText(config)),
      section(
        "What changes in the distribution",
        columns(
          ["behavior", "change"],
          changes.map(({ path, text }) => [path, text]),
        ),
      ),
      ...(displaced.length > 0 ? [section("Get the functions", displaced.map(getFunction).join(""))] : []),
      ...(risks.length > 0 ? [section("Look at", risks.map(line).join(""))] : []),
      section("If Terraform does not manage it yet", importBlock(distribution) ?? NO_ID),
      `Next: edgegate dev, then docs/attach.md\n`,
    ].join("\n"),
    ...(problems > 0 && { exit: "problemsFound" as const }),
  });
}

/** All behaviors with the gate share one `after`. */
function severalFunctions(displaced: readonly string[]): Risk[] {
  if (displaced.length < 2) return [];
  return [
    {
      id: "several-functions",
      level: "problem",
      places: [...displaced],
      what: "different behaviors have different functions on viewer requests, and the gate runs one",
      fix: "join them in one file that looks at the path of the request",
    },
  ];
}

function getFunction(name: string): string {
  return `  aws cloudfront get-function --name ${printable(name)} --stage LIVE ${printable(name)}.js\n`;
}

function line({ level, places, what, fix }: Risk): string {
  const label = level === "problem" ? onStdout.red("WRONG") : onStdout.yellow("note ");
  return `  ${label}  ${printable(places.join(", "))}: ${what}\n         ${onStdout.dim(`→ ${fix}`)}\n`;
}

const NO_ID = "  The file does not say the distribution's ID; aws cloudfront get-distribution does\n";

/** https://developer.hashicorp.com/terraform/language/import */
function importBlock({ id }: AwsDistribution): string | undefined {
  if (id === undefined) return undefined;
  return `import {\n  to = aws_cloudfront_distribution.site\n  id = ${JSON.stringify(id)}\n}\n`;
}

function section(title: string, text: string): string {
  return `${onStdout.bold(title)}\n${text}`;
}
