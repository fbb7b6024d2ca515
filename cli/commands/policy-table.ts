/** `edgegate policy table`: the rules in their order, for people, for documents and for programs. */
import { relative } from "node:path";
import { loadConfig } from "../../config/load";
import { gatePolicy } from "../../stacks/gate-policy";
import { configFile } from "../config-file";
import type { GlobalOptions } from "../options";
import { columns, type Outcome } from "../output";
import { POLICY_COLUMNS, policyRows } from "../policy-rows";

export function policyTable(options: GlobalOptions & { markdown?: boolean }): Promise<Outcome> {
  const file = configFile(options);
  const { rules, hosts, closedTo } = gatePolicy(loadConfig(file));
  const names = ["rule", ...POLICY_COLUMNS];
  const rows = policyRows(rules).map((row, i) => [i < rules.length ? String(i + 1) : "none", ...row]);
  return Promise.resolve({
    json: { config: file, hosts, policy: rules, ...(closedTo && { closedTo }) },
    text: options.markdown
      ? markdown(names, rows)
      : `The first rule of ${relative("", file)} that matches decides\n` +
        columns(names, rows) +
        (closedTo ? closed(closedTo) : ""),
  });
}

function closed(roles: readonly string[]): string {
  return `The site is closed: ${roles.length === 0 ? "nobody gets in" : `only ${roles.join(" or ")} gets in`}\n`;
}

/** https://github.github.com/gfm/#tables-extension- */
function markdown(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const path = names.indexOf("path");
  // Patterns are code, so that asterisks are not emphasis; names of roles may have any character.
  const cell = (text: string, column: number) =>
    column === path && text.startsWith("/") ? `\`${text}\`` : text.replace(/[\\|*_`<>[\]]/g, "\\$&");
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  return line(names) + line(names.map(() => "---")) + rows.map((row) => line(row.map(cell))).join("");
}
