/** A review as a comment on a pull request. */
import { describeAllow } from "../../policy/decision-table";
import { METHODS } from "../../policy/rule";
import type { CostLine } from "../costs";
import type { Review, ReviewedChange, ReviewedGateway } from "../review";
import type { Flag } from "../rule";
import { listed, say, words, type Sentence } from "../sentence";
import { summaryOf } from "../summary";
import { code, fitting, markdown } from "./text";

/**
 * Bytes of each part. Together they stay below the 65,536 characters of a comment on GitHub
 * (https://github.com/orgs/community/discussions/27190).
 */
const MOST = { risks: 22_000, help: 6_000, access: 20_000, changes: 12_000 } as const;

/** Flags of one kind that are shown one by one, and addresses of a group that are named. */
const [SHOWN_EACH, ADDRESSES] = [3, 4];

export function reviewMarkdown(review: Review): string {
  const parts = [
    `## edgegate review`,
    `**${verdict(review)}** ${markdown(summaryOf(review))}`,
    ...risks(review),
    ...review.gateways.flatMap((gateway) => access(gateway, review.gateways.length)),
    ...costs(review.costs),
    ...changes(review.changes),
  ];
  return `${parts.join("\n\n")}\n`;
}

function verdict({ severity, changes }: Review): string {
  if (severity !== undefined) return { high: "High risk.", medium: "Medium risk.", low: "Low risk." }[severity];
  return changes.length === 0 ? "No changes." : "No risk found.";
}

function risks({ flags, rules }: Review): string[] {
  if (flags.length === 0) return [];
  const rows = alike(flags).map((group) => {
    const { severity, message } = group[0]!;
    const others = group.length - 1;
    const more = others === 0 ? "" : ` And ${others} more like this.`;
    const where = markdown(listed([...new Set(group.map(({ address }) => address))], ADDRESSES));
    return `| ${severity === "high" ? "**high**" : severity} | ${markdown(message)}${more} | ${where} |`;
  });
  const help = rules.map(({ title, help }) => `- **${title}.** ${help}`);
  return [
    "### Risks",
    table(["Severity", "What changes", "Where"], rows, MOST.risks, "risks"),
    folded("What to do about them", listOf(help, MOST.help, "notes")),
  ];
}

/** Groups changes if more than a few differ only in their values. */
function alike(flags: readonly Flag[]): Flag[][] {
  const kindOf = ({ rule, severity, message }: Flag) =>
    JSON.stringify([rule, severity, message.filter((part) => typeof part === "string")]);
  const groups = new Map<string, Flag[]>();
  for (const flag of flags) groups.set(kindOf(flag), [...(groups.get(kindOf(flag)) ?? []), flag]);
  return [...groups.values()].flatMap((group) => (group.length > SHOWN_EACH ? [group] : group.map((flag) => [flag])));
}

function access({ name, module, changes, problem, isNew }: ReviewedGateway, gateways: number): string[] {
  const title = gateways > 1 ? `### Access to ${code(module === "" ? name : `${name} (${module})`)}` : "### Access";
  if (problem !== undefined) return [title, `Cannot be told: ${code(problem)}.`];
  if (changes.length === 0) return [];
  const rows = changes.map((change) => {
    const { before, after, gains, loses } = change;
    const who = [before, after].map((allow) => code(allow === undefined ? "nobody" : describeAllow(allow)));
    const cells = [markdown(place(change)), methodsOf(change), ...who, people(gains), people(loses)];
    return `| ${change.newlyPublic ? "**public**" : ""} | ${cells.join(" | ")} |`;
  });
  const intro = isNew ? ["The gateway is new: before it, nobody gets anything from it."] : [];
  return [
    title,
    ...intro,
    table(
      ["", "Path", "Methods", "Before", "After", "Gains access", "Loses access"],
      rows,
      MOST.access / Math.max(1, gateways),
      "rows",
    ),
  ];
}

function place({
  host,
  exceptHosts = [],
  path,
  except,
  preflight,
  escapes,
}: ReviewedGateway["changes"][number]): Sentence {
  return say`${`${host ?? ""}${path}`}${exceptHosts.length > 0 ? say` on every host except ${listed(exceptHosts)}` : []}${except.length > 0 ? say`, except ${listed(except)}` : []}${words(preflight === true ? " (CORS preflights)" : preflight === false ? " (not CORS preflights)" : "")}${words(escapes === "only" ? " (only paths with encoded characters)" : "")}`;
}

/** The engine's full list ends with an entry for methods that no rule can name. */
function methodsOf({ methods }: ReviewedGateway["changes"][number]): string {
  return methods.length > METHODS.length ? "every" : methods.map((method) => code(method)).join(" ");
}

function people(groups: readonly string[]): string {
  return markdown(listed(groups));
}

function costs(lines: readonly CostLine[]): string[] {
  if (lines.length === 0) return [];
  const total = lines.reduce((dollars, line) => dollars + line.dollars, 0);
  const rows = lines.map(
    ({ service, what, before, after, dollars }) =>
      `| ${service} | ${what} | ${before} | ${after} | ${money(dollars)} |`,
  );
  return [
    `### Costs: ${money(total)} a month`,
    table(["Service", "What", "Before", "After", "Dollars"], rows, 4_000, "lines"),
    "AWS's prices, without free tiers. What depends on traffic is not in it: <code>edgegate cost</code> estimates that from the config.",
  ];
}

function money(dollars: number): string {
  return `${dollars < 0 ? "−" : "+"}$${Math.abs(dollars).toFixed(2)}`;
}

const KINDS: readonly (readonly [action: ReviewedChange["action"], title: string])[] = [
  ["delete", "Deleted"],
  ["replace", "Replaced"],
  ["forget", "Taken out of the state"],
  ["create", "Created"],
  ["update", "Updated"],
];

function changes(all: readonly ReviewedChange[]): string[] {
  if (all.length === 0) return [];
  const lines = KINDS.flatMap(([action, title]) => {
    const those = all.filter((change) => change.action === action);
    if (those.length === 0) return [];
    return [
      `- ${title} (${those.length})`,
      ...those.map(
        ({ address, attributes }) =>
          `  - ${code(address)}${attributes.length > 0 ? `: ${attributes.map((name) => code(name)).join(", ")}` : ""}`,
      ),
    ];
  });
  return [folded(`All ${all.length} resource changes`, listOf(lines, MOST.changes, "lines"))];
}

function table(columns: readonly string[], rows: readonly string[], bytes: number, what: string): string {
  const { rows: shown, left } = fitting(rows, bytes);
  const lines = [`| ${columns.join(" | ")} |`, `|${columns.map(() => " --- ").join("|")}|`, ...shown];
  return lines.join("\n") + leftOut(left, what);
}

function listOf(items: readonly string[], bytes: number, what: string): string {
  const { rows, left } = fitting(items, bytes);
  return rows.join("\n") + leftOut(left, what);
}

function leftOut(number: number, what: string): string {
  return number === 0
    ? ""
    : `\n\n${number} more ${what} are left out here, for a comment would be too long; <code>--json</code> has them all.`;
}

function folded(title: string, text: string): string {
  return `<details><summary>${title}</summary>\n\n${text}\n\n</details>`;
}
