import type { Language, TextKey, Texts } from "./texts/texts";

/** The look and the texts of the gateway's pages. */
export interface Theme {
  /** The name of the site, as users know it. */
  productName: string;
  /** `#rrggbb`. */
  accentColor: string;
  /** The address of the help link: `mailto:`, or `https:` with `{reference}` as the placeholder of the request ID. */
  support?: string;
  /** `data:` URLs of images. */
  logo?: string;
  favicon?: string;
  /** The first one is the default; all shipped languages if absent. */
  languages?: Language[];
  /** Replacements of the shipped texts. */
  texts?: { [language in Language]?: Partial<Texts> };
}

/** Used if the settings cannot be read. */
export const PLAIN_THEME: Theme = { productName: "Sign-in", accentColor: "#2456c7" };

/** The look and the language of pages for one visitor. */
export interface Appearance {
  theme: Theme;
  language: Language;
}

export type { Language, TextKey };
