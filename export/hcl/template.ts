/**
 * Templates: every string in Terraform's JSON syntax is one, without the escapes of quoted strings.
 *
 * https://developer.hashicorp.com/terraform/language/syntax/json#string-templates
 */
import { HclError } from "./error";
import { readSequence } from "./expression";

export type Part = Literal | Sequence;

export interface Literal {
  kind: "literal";
  /** The literal text: `${` for `$${` in the template. */
  text: string;
}

export interface Sequence {
  kind: "interpolation" | "directive";
  /** With its braces. */
  text: string;
  /** The expression. */
  inner: string;
}

export function literalTemplate(text: string): Part[] {
  return [{ kind: "literal", text }];
}

/**
 * @param place for errors
 * @throws HclError if Terraform could not read it either
 */
export function parseTemplate(source: string, place: string): Part[] {
  // After such a character, Terraform treats the braces of a JSON string as text.
  if (/\r(?!\n)/.test(source) && /[$%]\{/.test(source))
    throw new HclError(place, `write \${"\\r"} for a carriage return without a line feed in a template`);
  const parts: Part[] = [];
  let text = "";
  let at = 0;
  const finish = () => {
    if (text !== "") parts.push({ kind: "literal", text });
    text = "";
  };
  while (at < source.length) {
    // Two or more before a brace become one less, and the brace is text.
    const run = /(?:\$+|%+)\{/y;
    run.lastIndex = at;
    const found = run.exec(source)?.[0];
    if (!found) text += source[at++];
    else if (found.length > 2) {
      text += found.slice(1);
      at += found.length;
    } else {
      finish();
      const sequence = readSequence(source, at, place);
      const { inner } = sequence;
      parts.push({ kind: found === "${" ? "interpolation" : "directive", text: sequence.text, inner });
      at = sequence.end;
    }
  }
  finish();
  return parts;
}

/** The expression, if the template has no other part. */
export function onlyExpression(parts: readonly Part[]): string | undefined {
  const [part] = parts;
  return parts.length === 1 && part!.kind === "interpolation" ? part!.inner : undefined;
}
