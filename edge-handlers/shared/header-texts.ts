/** Claims are copied into headers of the request to the origin: no control characters, no lone surrogates. */
const HEADER_TEXT = /^[ -~\u00a0-\ud7ff\ue000-\u{10ffff}]+$/u;

/** The values of a claim that can be written into a header. */
export function headerTexts(claim: unknown): string[] {
  return (Array.isArray(claim) ? claim : [claim])
    .filter((value) => ["string", "number", "boolean"].includes(typeof value))
    .map(String)
    .filter((text) => HEADER_TEXT.test(text));
}
