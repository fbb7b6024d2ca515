/**
 * Sentences about a plan. Texts from the plan (a path, a name, a description) are kept apart from our own words, so
 * that every output treats them as values.
 */
export type Part = string | { readonly value: string };
export type Sentence = readonly Part[];

/** Characters of a value that are shown. */
const LONGEST_VALUE = 160;
/** Control, format and unassigned characters: they break lines, hide text or change its direction. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** A template whose text is ours and whose members are untrusted values. */
export function say(words: TemplateStringsArray, ...members: (string | number | boolean | Sentence)[]): Sentence {
  return words.flatMap((word, i) => {
    const member = members[i];
    const parts: readonly Part[] =
      member === undefined ? [] : isSentence(member) ? member : [{ value: shown(String(member)) }];
    return [...(word === "" ? [] : [word]), ...parts];
  });
}

/** Our own words, as a member of {@link say}. */
export function words(text: string): Sentence {
  return [text];
}

/** Values in a row: `a`, `b` and 3 more. */
export function listed(values: readonly string[], most = 6): Sentence {
  const rest = values.length - most;
  const parts = values
    .slice(0, most)
    .flatMap((value, i): Part[] => [...(i > 0 ? [", "] : []), { value: shown(value) }]);
  return rest > 0 ? [...parts, ` and ${rest} more`] : parts;
}

/** A member of settings and what it was. */
export function insteadOf(now: unknown, old: unknown): Sentence {
  const text = (value: unknown) =>
    value === undefined ? "nothing" : typeof value === "string" ? value : JSON.stringify(value);
  return say`: ${text(now)} instead of ${text(old)}`;
}

/** Values in quotes. */
export function plain(sentence: Sentence): string {
  return sentence.map((part) => (typeof part === "string" ? part : `"${part.value}"`)).join("");
}

/** A value of limited length, with every character visible. */
export function shown(value: string): string {
  const visible = value.replace(INVISIBLE, "\ufffd");
  return visible.length <= LONGEST_VALUE ? visible : `${visible.slice(0, LONGEST_VALUE)}…`;
}

function isSentence(member: string | number | boolean | Sentence): member is Sentence {
  return Array.isArray(member);
}
