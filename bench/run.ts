/** `npm run bench [-- --json]`: measures what has a price and holds it against its limit. */
import { parseArgs } from "node:util";
import pc from "picocolors";
import { table } from "../local/greeting";
import type { Figure } from "./figure";
import { measureAll, type Measured } from "./figures";

const USAGE = "usage: npm run bench [-- --json]\n";

async function main(): Promise<number> {
  let json: boolean;
  try {
    json = parseArgs({ options: { json: { type: "boolean", default: false } } }).values.json;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const measured = await measureAll();
  const broken = measured.figures.filter(isBroken);
  process.stdout.write(json ? `${JSON.stringify(measured, undefined, 2)}\n` : report(measured));
  for (const { group, name } of broken) process.stderr.write(`${group}, ${name}: over the limit\n`);
  return broken.length === 0 ? 0 : 1;
}

function report({ figures, missing }: Measured): string {
  const rows = figures.map((figure) => [
    figure.group,
    figure.name,
    number(figure.value).padStart(9),
    figure.unit,
    ...(figure.limit === undefined ? [] : [(isBroken(figure) ? pc.red : pc.green)(`at most ${number(figure.limit)}`)]),
  ]);
  return `${table(rows)}\n${missing === undefined ? "" : `${missing}\n`}`;
}

function isBroken({ value, limit }: Figure): boolean {
  return limit !== undefined && value > limit;
}

/** With thousands apart; small figures with two decimals. */
function number(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 2 : 0 });
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
