/** The texts of the gateway's pages, in every language that ships. A site may replace any of them (`theme.texts`). */
import { de } from "./de";
import { en } from "./en";
import { es } from "./es";
import { fr } from "./fr";

export type TextKey = keyof typeof en;
export type Texts = Record<TextKey, string>;

export const LANGUAGES = ["en", "de", "fr", "es"] as const;
export type Language = (typeof LANGUAGES)[number];

export const TEXTS: Record<Language, Texts> = { en, de, fr, es };
export const TEXT_KEYS = Object.keys(en) as TextKey[];

/** Replaces names in braces with values; a name without a value is kept. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (name, key: string) => (Object.hasOwn(values, key) ? values[key]! : name));
}
