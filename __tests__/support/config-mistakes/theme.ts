/** Mistakes in the look, languages and texts of the gateway's pages. */
import { statSync } from "node:fs";
import { TEXT_KEYS } from "../../../pages/texts/texts";
import type { Mistake } from "../small-config";

export const THEME_MISTAKES: Mistake[] = [
  [{ theme: { productName: "" } }, "theme.productName", 'write a name; it is ""'],
  [{ theme: { productName: "x".repeat(61) } }, "theme.productName", "write at most 60 characters"],
  ...[...`<>&"'\\\`$%`].map((character): Mistake => [
    { theme: { productName: character } },
    "theme.productName",
    `write a name without < > & " ' \\ \` $ %; it is ${JSON.stringify(character)}`,
  ]),
  [{ theme: { accentColor: "red" } }, "theme.accentColor", 'write a color as "#rrggbb" in lower case; it is "red"'],
  [
    { theme: { accentColor: "#FFFFFF" } },
    "theme.accentColor",
    'write a color as "#rrggbb" in lower case; it is "#FFFFFF"',
  ],
  [{ theme: { support: 1 } }, "theme.support", "write an e-mail address or an https URL; it is 1"],
  [
    { theme: { support: "javascript:alert(1)" } },
    "theme.support",
    'write an e-mail address or an https URL; it is "javascript:alert(1)"',
  ],
  [
    { theme: { support: 'https://x.example/"onclick=' } },
    "theme.support",
    'write an e-mail address or an https URL; it is "https://x.example/\\"onclick="',
  ],
  [{ theme: { support: `https://x.example/${"a".repeat(200)}` } }, "theme.support", "write at most 200 characters"],
  [
    { theme: { support: "https://x.example/{request}" } },
    "theme.support",
    'write an e-mail address or an https URL; it is "https://x.example/{request}"',
  ],
  [{ theme: { logo: 1 } }, "theme.logo", 'write the path of an SVG or PNG file, such as "logo.svg"; it is 1'],
  [
    { theme: { logo: "no-such-logo.svg" } },
    "theme.logo",
    'there is no such file that can be read; write a path relative to the working directory; it is "no-such-logo.svg"',
  ],
  [
    { theme: { logo: "package-lock.json" } },
    "theme.logo",
    `write an image of at most 3072 bytes; this one has ${statSync("package-lock.json").size}. A tool such as SVGO makes it smaller; it is "package-lock.json"`,
  ],
  [
    { theme: { favicon: "tsconfig.json" } },
    "theme.favicon",
    'write a PNG file, or an SVG file that begins with <svg xmlns="http://www.w3.org/2000/svg"; it is "tsconfig.json"',
  ],
  [{ theme: { languages: ["it"] } }, "theme.languages[0]", 'write languages of "en", "de", "fr", "es"; it is "it"'],
  [
    { theme: { languages: [] } },
    "theme.languages",
    'write at least one language of "en", "de", "fr", "es", or leave languages out; it is []',
  ],
  [{ theme: { languages: ["de", "de"] } }, "theme.languages", 'write each language once; it is ["de","de"]'],
  [
    { theme: { texts: { it: {} } } },
    "theme.texts.it",
    'write texts by language, such as { de: { signOut: "Beenden" } }; the languages are "en", "de", "fr", "es"',
  ],
  [
    { theme: { texts: "Hallo" } },
    "theme.texts",
    'write texts by language, such as { de: { signOut: "Beenden" } }; the languages are "en", "de", "fr", "es"; it is "Hallo"',
  ],
  [
    { theme: { texts: { de: { signInTitle: "" } } } },
    "theme.texts.de.signInTitle",
    'write a text, or leave the key out; it is ""',
  ],
  [
    { theme: { texts: { de: { signInTitle: "x".repeat(501) } } } },
    "theme.texts.de.signInTitle",
    "write at most 500 characters",
  ],
  [
    { theme: { texts: { de: { signInTitle: "\u202ex" } } } },
    "theme.texts.de.signInTitle",
    'write visible characters only; it is "\u202ex"',
  ],
  [
    { theme: { texts: { de: { signInTitel: "Hallo" } } } },
    "theme.texts.de.signInTitel",
    `there is no such text; write one of ${TEXT_KEYS.join(", ")}; it is "Hallo"`,
  ],
  [
    { theme: { texts: { de: { signInTitle: "Hallo {name}" } } } },
    "theme.texts.de.signInTitle",
    'remove {name}: nothing is put into this text; it is "Hallo {name}"',
  ],
  [
    { theme: { texts: { de: { mailBody: "{id} {adress}" } } } },
    "theme.texts.de.mailBody",
    'remove {adress}: only {id} and {address} can be in it; it is "{id} {adress}"',
  ],
];
