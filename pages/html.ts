/** HTML as a type: every inserted value is escaped, unless it is already HTML. */

export class Html {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

type Content = string | Html | readonly Html[] | false | undefined;

/**
 * A template tag. Texts are escaped for content and quoted attributes. Lists are joined, and absent values are left
 * out.
 */
export function markup(parts: TemplateStringsArray, ...values: Content[]): Html {
  return new Html(parts.reduce((text, part, i) => text + textOf(values[i - 1]) + part));
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function textOf(value: Content): string {
  if (value === undefined || value === false) return "";
  if (typeof value === "string") return value.replace(/[&<>"']/g, (character) => ESCAPES[character]!);
  return value instanceof Html ? value.text : value.map(textOf).join("");
}
