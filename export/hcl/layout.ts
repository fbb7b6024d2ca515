/** Arguments and blocks as lines, aligned as `terraform fmt` aligns them. */

export type Item = Argument | Block;

export interface Argument {
  kind: "argument";
  name: string;
  /** May have several lines; those after the first are indented relative to the argument. */
  expression: string;
  /** A blank line follows, as after `count` and `for_each`. */
  isApart?: boolean;
}

export interface Block {
  kind: "block";
  /** Such as `dynamic "origin"`. */
  header: string;
  body: Item[];
}

export const argument = (name: string, expression: string): Argument => ({ kind: "argument", name, expression });
export const block = (header: string, body: Item[]): Block => ({ kind: "block", header, body });

/** The text of a block, without a line break at its end. */
export function blockText({ header, body }: Block): string {
  return body.length === 0 ? `${header} {}` : `${header} {\n${indented(bodyText(body))}\n}`;
}

/** Arguments of one line are grouped. Blank lines separate everything else. */
function bodyText(body: readonly Item[]): string {
  const groups: string[] = [];
  let together: Argument[] = [];
  const finish = () => {
    if (together.length > 0) groups.push(aligned(together.map(({ name, expression }) => [name, expression])));
    together = [];
  };
  for (const item of body) {
    if (item.kind === "argument" && !item.expression.includes("\n")) {
      together.push(item);
      if (item.isApart) finish();
    } else {
      finish();
      groups.push(item.kind === "block" ? blockText(item) : `${item.name} = ${item.expression}`);
    }
  }
  finish();
  return groups.join("\n\n");
}

/** An object's text over several lines. */
export function objectText(entries: readonly (readonly [key: string, expression: string])[]): string {
  return entries.length === 0 ? "{}" : `{\n${indented(aligned(entries))}\n}`;
}

/**
 * One line for each, with aligned equals signs. An expression that opens a bracket on its first line ends a
 * group (`linesForFormat` in https://github.com/hashicorp/hcl/blob/v2.23.0/hclwrite/format.go); a heredoc does not.
 */
function aligned(entries: readonly (readonly [name: string, expression: string])[]): string {
  const lines: string[] = [];
  let group: (readonly [string, string])[] = [];
  const finish = () => {
    const longest = Math.max(...group.map(([name]) => columns(name)));
    for (const [name, expression] of group) lines.push(`${name}${" ".repeat(longest - columns(name))} = ${expression}`);
    group = [];
  };
  for (const entry of entries) {
    const [name, expression] = entry;
    if (!expression.includes("\n") || expression.startsWith("<<")) group.push(entry);
    else {
      finish();
      lines.push(`${name} = ${expression}`);
    }
  }
  finish();
  return lines.join("\n");
}

const CHARACTERS = new Intl.Segmenter("en", { granularity: "grapheme" });
const columns = (text: string) => [...CHARACTERS.segment(text)].length;

export function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
