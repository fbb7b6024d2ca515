/**
 * The layout of every page of the gateway. Nothing in it is loaded or runs, and system fonts and colors follow the
 * viewer's light or dark mode.
 */
import { Html, markup } from "./html";
import { style } from "./style";
import { fill, TEXTS, type TextKey } from "./texts/texts";
import type { Appearance, Theme } from "./theme";

export interface Action {
  href: string;
  label: TextKey;
  /** Opens a new tab. */
  isNewTab?: boolean;
}

export interface Page {
  title: TextKey;
  /** The content below the title; texts become paragraphs. */
  content: readonly (string | Html)[];
  /** Links that look like buttons; the first one is the primary action. */
  actions?: readonly Action[];
  /** True if the content ends with a button that is the primary action. */
  hasButton?: boolean;
  /** Also in the log, so that support can find the request. Absent if a cache may show the page to others. */
  requestId?: string | Html;
  /** The path of the request for a mail to support, without the query string, which may contain a secret. */
  address?: string;
  /** Additional style. */
  style?: string;
  /** Additional content of the head. */
  head?: Html;
  /** True to open links in the page around this frame. */
  isFrame?: boolean;
}

export function renderPage(appearance: Appearance, page: Page): string {
  const { theme, language } = appearance;
  const { content, actions = [], requestId, address, head, hasButton = false, isFrame = false } = page;
  const say = textsOf(appearance);
  const title = say(page.title);
  const buttons = actions.map(({ href, label, isNewTab = false }, i) => {
    const [look, target] = [i === 0 && !hasButton ? "b" : "b o", isNewTab && markup` target=_blank rel=noopener`];
    return markup`<a class="${look}" href="${href}"${target}>${say(label)}</a>`;
  });
  const parts = [
    markup`<!doctype html><html lang="${language}"><meta charset=utf-8>${head}`,
    markup`<meta name=viewport content="width=device-width">${isFrame && markup`<base target=_top>`}`,
    ...(theme.favicon === undefined ? [] : [markup`<link rel=icon href="${theme.favicon}">`]),
    markup`<title>${title} - ${theme.productName}</title>`,
    markup`<style>${new Html(style(theme) + (page.style ?? ""))}</style>`,
    markup`<main><div class="${theme.logo === undefined ? "n m" : "n"}">`,
    // No alternative text is needed, because the name is beside the logo.
    ...(theme.logo === undefined ? [] : [markup`<img src="${theme.logo}" alt="">`]),
    markup`<span>${theme.productName}</span></div><h1>${title}</h1>`,
    ...content.map((part) => (part instanceof Html ? part : markup`<p>${part}</p>`)),
    ...(buttons.length > 0 ? [markup`<p class=a>${buttons}</p>`] : []),
    ...(requestId === undefined && theme.support === undefined
      ? []
      : [
          markup`<footer>${requestId !== undefined && markup`${say("requestId")} ${requestId}`}`,
          ...(theme.support === undefined ? [] : [help(appearance, theme.support, requestId, address)]),
          markup`</footer>`,
        ]),
    markup`</main>`,
  ];
  return parts.join("");
}

/** The texts of a visitor's language, with the site's replacements. */
export function textsOf({ theme, language }: Appearance): (key: TextKey, values?: Record<string, string>) => string {
  const [own, shipped] = [theme.texts?.[language], TEXTS[language]];
  return (key, values = {}) => fill(own?.[key] ?? shipped[key], values);
}

function help(
  appearance: Appearance,
  support: string,
  requestId: string | Html | undefined,
  address: string | undefined,
): Html {
  const href =
    typeof requestId === "string"
      ? supportAddress(appearance, support, requestId, address)
      : support.replaceAll("{reference}", "");
  return markup` <a href="${href}">${textsOf(appearance)("getHelp")}</a>`;
}

/**
 * The help link. A mail begins with the data that support needs (https://www.rfc-editor.org/rfc/rfc6068#section-5: line
 * breaks are `%0D%0A`). Other addresses are used unchanged, except for `{reference}`.
 */
function supportAddress(
  appearance: Appearance,
  support: NonNullable<Theme["support"]>,
  id: string,
  address = "-",
): string {
  if (!support.startsWith("mailto:")) return support.replaceAll("{reference}", encodeURIComponent(id));
  const say = textsOf(appearance);
  const [subject, body] = [
    say("mailSubject", { site: appearance.theme.productName }),
    say("mailBody", { id, address }).replaceAll("\n", "\r\n"),
  ].map(encodeURIComponent);
  return `${support}?subject=${subject}&body=${body}`;
}
