import type { Language, TextKey, Texts } from "./texts/texts";

/** The look of the gateway's pages, and what they say. */
export interface Theme {
  /** The name of the site, as users know it. */
  productName: string;
  /** `#rrggbb`. */
  accentColor: string;
  /** The address of the help link: `mailto:`, or `https:` with `{reference}` in the place of the request ID. */
  support?: string;
  /** `data:` URLs of images. */
  logo?: string;
  favicon?: string;
  /** The first one is for people who ask for no other; all languages that ship if absent. */
  languages?: Language[];
  /** What replaces the texts that ship. */
  texts?: { [language in Language]?: Partial<Texts> };
}

/** Used if the settings cannot be read. */
export const PLAIN_THEME: Theme = { productName: "Sign-in", accentColor: "#2456c7" };

/** How pages look and speak to one visitor. */
export interface Appearance {
  theme: Theme;
  language: Language;
}

export type { Language, TextKey };
