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
  /** What is below the title; texts become paragraphs. */
  content: readonly (string | Html)[];
  /** Links that look like buttons; the first one is what most people want. */
  actions?: readonly Action[];
  /** True if the content ends with a button that most people want more. */
  hasButton?: boolean;
  /** Also in the log, so that support can find the request. Absent if a cache may show the page to others. */
  requestId?: string | Html;
  /** What the request was for, without its query, which may have a secret in it: for a mail to support. */
  address?: string;
  /** More of the style. */
  style?: string;
  /** More of the head. */
  head?: Html;
  /** True to open links in place of the page that this one is a frame of. */
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
    // The name beside it says the same.
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

/** The texts of a visitor's language, as the site wants them. */
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
 * Where help is. A mail begins with what support needs (https://www.rfc-editor.org/rfc/rfc6068#section-5: line breaks are
 * `%0D%0A`). Other addresses are used as they are, but for `{reference}`.
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
