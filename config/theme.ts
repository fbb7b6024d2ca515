/** The look and the texts of the gateway's pages. */
import { z } from "zod";
import { LANGUAGES, TEXT_KEYS, TEXTS, type Language, type Texts } from "../pages/texts/texts";
import { text } from "./fields";
import { image } from "./image";

/** Maximum characters of the site's own texts. */
const MAX_TEXT = 500;
const LANGUAGE_LIST = LANGUAGES.map((language) => `"${language}"`).join(", ");

const languages = z
  .array(z.enum(LANGUAGES, `write languages of ${LANGUAGE_LIST}`))
  .min(1, `write at least one language of ${LANGUAGE_LIST}, or leave languages out`)
  .refine((list) => new Set(list).size === list.length, "write each language once")
  .default([...LANGUAGES]);

const ownText = z
  .string("write a text")
  .min(1, "write a text, or leave the key out")
  .max(MAX_TEXT, `write at most ${MAX_TEXT} characters`)
  // Invisible characters could change the direction of the text after them.
  .regex(/^(?:[^\p{C}\u2028\u2029]|\n)*$/u, "write visible characters only");

function textProblem(language: Language, key: string, value: string): string | undefined {
  if (!isTextKey(key)) return `there is no such text; write one of ${TEXT_KEYS.join(", ")}`;
  const known = placeholders(TEXTS[language][key]);
  const unknown = placeholders(value).find((name) => !known.includes(name));
  if (unknown === undefined) return undefined;
  return `remove ${unknown}: ${known.length === 0 ? "nothing is put into this text" : `only ${known.join(" and ")} can be in it`}`;
}

function isTextKey(key: string): key is keyof Texts {
  return Object.hasOwn(TEXTS.en, key);
}

function placeholders(value: string): string[] {
  return value.match(/\{\w+\}/g) ?? [];
}

/** By language and key; placeholders must be those of the text that is replaced. */
const texts = z
  .partialRecord(
    z.enum(LANGUAGES),
    z.record(z.string(), ownText),
    `write texts by language, such as { de: { signOut: "Beenden" } }; the languages are ${LANGUAGE_LIST}`,
  )
  .superRefine((byLanguage, context) => {
    for (const [language, own] of Object.entries(byLanguage) as [Language, Record<string, string>][]) {
      for (const [key, value] of Object.entries(own)) {
        const message = textProblem(language, key, value);
        if (message) context.addIssue({ code: "custom", path: [language, key], message });
      }
    }
  })
  .transform((byLanguage) => byLanguage as { [language in Language]?: Partial<Texts> })
  .prefault({});

export const theme = z.strictObject({
  productName: z
    .string("write a name")
    .min(1, "write a name")
    .max(60, "write at most 60 characters")
    .regex(/^[^<>&"'\\`$%]*$/, "write a name without < > & \" ' \\ ` $ %")
    .optional(),
  accentColor: text(/^#[0-9a-f]{6}$/, 'a color as "#rrggbb" in lower case').default("#2456c7"),
  /** Where people get help. In a URL, `{reference}` becomes the request ID. */
  support: text(
    /^(?:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+|https:\/\/(?:[A-Za-z0-9._~:/?#@+=&-]|\{reference\})+)$/,
    "an e-mail address or an https URL",
  )
    .max(200, "write at most 200 characters")
    .optional(),
  /** Shown before the name. */
  logo: image.optional(),
  /** The icon of the handler's pages; elsewhere browsers request the site's `/favicon.ico`. */
  favicon: image.optional(),
  /** Languages of the pages; the first one is the default. */
  languages,
  /** The site's own texts, by language and key. */
  texts,
});
