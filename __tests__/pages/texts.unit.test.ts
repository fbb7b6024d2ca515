import { LANGUAGES, TEXT_KEYS, TEXTS, type Language } from "../../pages/texts/texts";

const OTHERS = LANGUAGES.filter((language) => language !== "en");
const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

describe.each(OTHERS)("%s", (language) => {
  test("has every text, with the same placeholders", () => {
    expect(Object.keys(TEXTS[language]).sort()).toEqual([...TEXT_KEYS].sort());
    for (const key of TEXT_KEYS)
      expect([key, placeholders(TEXTS[language][key])]).toEqual([key, placeholders(TEXTS.en[key])]);
  });

  test("is translated", () => {
    expect(TEXT_KEYS.filter((key) => TEXTS[language][key] === TEXTS.en[key])).toEqual([]);
  });
});

/** How a language addresses people it does not know. */
const FAMILIAR: Partial<Record<Language, RegExp>> = {
  de: /(?<!\p{L})(du|dich|dir|dein\p{L}*|euch)(?!\p{L})/iu,
  fr: /(?<!\p{L})((tu|te|toi|ton|ta|tes)(?!\p{L})|t’)/iu,
  es: /(?<!\p{L})(tú|te|ti|tu|tus|vosotros|contigo)(?!\p{L})/iu,
};

test.each(Object.entries(FAMILIAR))("%s is polite", (language, familiar) => {
  expect(Object.values(TEXTS[language as Language]).filter((text) => familiar.test(text))).toEqual([]);
});

test("French has a space that does not break before high punctuation", () => {
  expect(Object.values(TEXTS.fr).filter((text) => /[^\u00a0\d][?!:;]/.test(text))).toEqual([]);
});

test.each(LANGUAGES)("%s ends sentences, and neither titles nor labels", (language) => {
  const sentences = TEXT_KEYS.filter((key) => key.endsWith("Text"));
  expect(sentences.filter((key) => !/[.:]$/.test(TEXTS[language][key]))).toEqual([]);
  const titles = TEXT_KEYS.filter((key) => key.endsWith("Title"));
  expect(titles.filter((key) => /[.:!]$/.test(TEXTS[language][key]))).toEqual([]);
});
