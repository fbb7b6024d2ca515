/** HTML as a type of its own: what is put into it is escaped, unless it is HTML already. */

export class Html {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

type Content = string | Html | readonly Html[] | false | undefined;

/** A template tag. Texts are escaped for content and quoted attributes; lists are joined, and what is absent is left out. */
export function markup(parts: TemplateStringsArray, ...values: Content[]): Html {
  return new Html(parts.reduce((text, part, i) => text + textOf(values[i - 1]) + part));
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function textOf(value: Content): string {
  if (value === undefined || value === false) return "";
  if (typeof value === "string") return value.replace(/[&<>"']/g, (character) => ESCAPES[character]!);
  return value instanceof Html ? value.text : value.map(textOf).join("");
}
