/** Chooses the page language that suits a visitor best. */
import { LANGUAGES, type Language } from "./texts/texts";

/** `;q=0` to `;q=1`, with at most three digits (https://www.rfc-editor.org/rfc/rfc9110#section-12.4.2). */
const RANGE = /^([a-z]{1,8}(?:-[a-z0-9]{1,8})*|\*)(?:\s*;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/i;
/** Entries that are read; browsers send a handful. */
const MAX_RANGES = 30;

/**
 * Chooses by `Accept-Language` (https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4): the language with the highest
 * weight; if several have it, the one that is named first. `de-AT` asks for `de`, as in the lookup scheme of RFC 4647
 * (https://www.rfc-editor.org/rfc/rfc4647#section-3.4).
 *
 * @param accepted the header; null if there is none
 * @param offered the languages of the site; the first one is the default
 */
export function chooseLanguage(accepted: string | null, offered: readonly Language[] = LANGUAGES): Language {
  const weights = new Map<string, number>();
  for (const range of (accepted ?? "").split(",").slice(0, MAX_RANGES)) {
    const [, tag, weight = "1"] = RANGE.exec(range.trim()) ?? [];
    if (tag === undefined) continue;
    const primary = tag.toLowerCase().split("-")[0]!;
    // `de-AT;q=0` refuses the dialect, not the language.
    const value = Number(weight) === 0 && tag.includes("-") ? undefined : Number(weight);
    if (value !== undefined) weights.set(primary, Math.max(value, weights.get(primary) ?? 0));
  }
  const weightOf = (language: string) => weights.get(language) ?? weights.get("*") ?? 0;
  const named = [...weights.keys()].filter((tag): tag is Language => offered.some((language) => language === tag));
  const candidates = [...named, ...offered.filter((language) => !weights.has(language))];
  const best = candidates.reduce<Language | undefined>(
    (chosen, language) => (weightOf(language) > (chosen === undefined ? 0 : weightOf(chosen)) ? language : chosen),
    undefined,
  );
  return best ?? offered[0]!;
}
