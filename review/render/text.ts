/** Markdown whose markup is only ours: values are code, in which nothing is markup. */
import { shown, type Sentence } from "../sentence";

/**
 * For a paragraph, a list or a cell of a table. In a `code` element, GitHub makes no mention, no link and no reference to
 * an issue of a text. Character references keep the value from being Markdown before that
 * (https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references).
 */
export function markdown(sentence: Sentence): string {
  return sentence.map((part) => (typeof part === "string" ? part : code(part.value))).join("");
}

export function code(value: string): string {
  const text = shown(value).replace(/[^A-Za-z0-9 /,=-]/gu, (character) => `&#${character.codePointAt(0)};`);
  // A value of only spaces would be invisible.
  return `<code>${text.trim() === "" ? "&#34;&#34;" : text.trim()}</code>`;
}

/** As many rows, in the given order, as fit into the number of bytes; then the number of remaining rows. */
export function fitting(rows: readonly string[], bytes: number): { rows: string[]; left: number } {
  let used = 0;
  const end = rows.findIndex((row) => (used += Buffer.byteLength(row) + 1) > bytes);
  return end < 0 ? { rows: [...rows], left: 0 } : { rows: rows.slice(0, end), left: rows.length - end };
}
