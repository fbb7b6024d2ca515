/** Readable colors for any accent color (WCAG 2.2). */

type Rgb = readonly [red: number, green: number, blue: number];

/** Minimum contrast of a graphical object with its surroundings (https://www.w3.org/TR/WCAG22/#non-text-contrast). */
const MIN_OBJECT_CONTRAST = 3;
/** The step of a shade toward black or white. */
const STEP = 0.04;

/** The background color of a card. */
export const PAPER = { light: "#ffffff", dark: "#1b1f26" };

/**
 * From 1 to 21 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).
 *
 * @param one `#rrggbb`, as is `other`
 */
export function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

/** Black or white, which is easier to read on a color. The better one of both has a contrast of at least 4.58. */
export function textOn(color: string): "#000000" | "#ffffff" {
  return contrast(color, "#ffffff") >= contrast(color, "#000000") ? "#ffffff" : "#000000";
}

/** The accent itself, if it has enough contrast with the background; else the nearest shade that has. */
export function accentOn(paper: string, accent: string): string {
  const away: Rgb = textOn(paper) === "#ffffff" ? [255, 255, 255] : [0, 0, 0];
  let shade = accent;
  for (let part = STEP; contrast(shade, paper) < MIN_OBJECT_CONTRAST; part += STEP) shade = mix(accent, away, part);
  return shade;
}

function mix(color: string, other: Rgb, part: number): string {
  const mixed = read(color).map((value, i) => Math.round(value + (other[i]! - value) * Math.min(part, 1)));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(color: string): number {
  const [red, green, blue] = read(color).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function read(color: string): Rgb {
  const value = parseInt(color.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
