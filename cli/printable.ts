/**
 * Texts that others chose (an e-mail address, a user agent) may hold characters that move the cursor of a terminal,
 * colour it or turn the direction of writing: they could hide a session from the operator.
 */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** For a line of text. */
export function printable(text: string): string {
  return text.replace(UNSAFE, "\ufffd");
}

/** For JSON, which keeps their value. Line breaks between its members are its own. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(UNSAFE, (character) =>
    character === "\n" ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
