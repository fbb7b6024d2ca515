/**
 * Texts that others chose (an e-mail address, a user agent) can contain control characters. They move the cursor, set
 * colors or change the direction of writing, and so could hide a session from the operator.
 */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** For a line of text. */
export function printable(text: string): string {
  return text.replace(UNSAFE, "\ufffd");
}

/** For JSON. Escapes keep the value; the line breaks between members stay. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(UNSAFE, (character) =>
    character === "\n" ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
