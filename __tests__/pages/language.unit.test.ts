import { chooseLanguage } from "../../pages/language";
import type { Language } from "../../pages/texts/texts";

/** The header, what is chosen of English, German, French and Spanish, and what if German comes first at the site. */
const CASES: [accepted: string | null, chosen: Language, whereGermanIsFirst?: Language][] = [
  [null, "en", "de"],
  ["", "en", "de"],
  ["de", "de"],
  ["DE-de", "de"],
  ["de-AT", "de"],
  ["fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "fr"],
  ["en;q=0.3,es;q=0.8", "es"],
  ["es;q=0.8,de;q=0.8", "es"],
  ["it", "en", "de"],
  ["it,*;q=0.1", "en", "de"],
  ["*", "en", "de"],
  ["en;q=0,*;q=0.5", "de"],
  ["en;q=0,de;q=0,fr;q=0,es;q=0", "en", "de"],
  ["de-AT;q=0,de;q=0.5,en;q=0.4", "de"],
  ["de;q=0,en;q=0.1", "en"],
  ["de;q=0.001,en;q=0.002", "en"],
  ["de ; q=0.9 , en ; q=0.8", "de"],
  // Not the form of RFC 9110: ignored.
  ["de;q=2,en;q=0.1", "en"],
  ["de;q=0.1234,fr;q=0.1", "fr"],
  ["de;level=1,fr;q=0.1", "fr"],
  ["deutsch-,fr;q=0.1", "fr"],
  ["<script>,fr;q=0.1", "fr"],
  [`${"x,".repeat(30)}de`, "en", "de"],
  ["__proto__,constructor,fr;q=0.5", "fr"],
];

test.each(CASES)("%s: %s", (accepted, chosen, whereGermanIsFirst = chosen) => {
  expect(chooseLanguage(accepted)).toBe(chosen);
  expect(chooseLanguage(accepted, ["de", "en", "fr", "es"])).toBe(whereGermanIsFirst);
});

test("chooses only what the site offers", () => {
  expect(chooseLanguage("de,en;q=0.5", ["fr", "en"])).toBe("en");
  expect(chooseLanguage("de", ["es"])).toBe("es");
});
