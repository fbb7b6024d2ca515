/** Templates as quoted strings and heredocs. */
import type { Part } from "./template";

/** Invisible characters, which must be visible to readers of the file. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/u;
const NAMED: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\" };

/** https://developer.hashicorp.com/terraform/language/expressions/strings#quoted-strings */
export function quoted(parts: readonly Part[]): string {
  return `"${parts.map((part, i) => (part.kind === "literal" ? escaped(part.text, parts[i + 1]) : part.text)).join("")}"`;
}

function escaped(text: string, next: Part | undefined): string {
  const characters = Array.from(text.replace(/\p{Cs}/gu, "\uFFFD"), (character) => {
    if (character in NAMED) return NAMED[character];
    if (!INVISIBLE.test(character)) return character;
    const code = character.codePointAt(0)!.toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
  });
  const template = characters.join("").replace(/[$%](?=\{)/g, "$&$&");
  // Otherwise the last character would escape the braces that follow.
  const sigil = next?.text[0];
  return sigil !== undefined && next!.kind !== "literal" && template.endsWith(sigil)
    ? `${template.slice(0, -1)}\\u00${sigil.charCodeAt(0).toString(16)}`
    : template;
}

/**
 * A heredoc with exactly the text of the template; undefined if a quoted string is as readable, or the only way. A
 * heredoc ends with a line break, which `chomp` removes if the text has none. A heredoc is also more readable for a
 * long line with many quotation marks.
 *
 * https://developer.hashicorp.com/terraform/language/expressions/strings#heredoc-strings
 */
export function heredoc(parts: readonly Part[]): string | undefined {
  const lines = parts
    .map(({ kind, text }) => (kind === "literal" ? text.replace(/[$%](?=\{)/g, "$&$&") : text))
    .join("")
    .split("\n");
  const hasEnd = lines.length > 1 && lines.at(-1) === "";
  if (hasEnd) lines.pop();
  const isLong = lines.length > 1 || (lines[0]!.length > 200 && lines[0]!.split('"').length > 4);
  if (!isLong || !isExact(parts, lines)) return undefined;
  const marker = ["EOT", "END", "TEXT"].find((word) => !lines.some((line) => line.trim() === word));
  if (!marker) return undefined;
  const body = [`<<-${marker}`, ...lines.map((line) => (line === "" ? "" : `  ${line}`)), marker].join("\n");
  return hasEnd ? body : `chomp(${body}\n)`;
}

function isExact(parts: readonly Part[], lines: readonly string[]): boolean {
  return (
    parts.every((part, i) =>
      part.kind === "literal"
        ? !/[$%]$/.test(part.text) || parts[i + 1] === undefined
        : part.kind === "interpolation" && !/~|\n/.test(part.text),
    ) &&
    parts.every(({ kind, text }) => kind !== "literal" || !INVISIBLE.test(text.replace(/\n/g, ""))) &&
    // The least indented line becomes the margin. White space other than spaces would count, too.
    lines.some((line) => /^\S/.test(line)) &&
    lines.every((line) => line === "" || /\S$/.test(line)) &&
    lines.at(-1) !== ""
  );
}
