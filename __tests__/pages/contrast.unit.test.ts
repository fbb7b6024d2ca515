import { accentOn, contrast, PAPER, textOn } from "../../pages/contrast";

test.each([
  // https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio: from 1:1 to 21:1.
  ["#000000", "#ffffff", 21],
  ["#ffffff", "#ffffff", 1],
  // https://webaim.org/resources/contrastchecker/
  ["#767676", "#ffffff", 4.54],
  ["#ff0000", "#ffffff", 4.0],
  ["#0000ff", "#ffffff", 8.59],
])("%s on %s has a contrast of %d", (one, other, ratio) => {
  expect(contrast(one, other)).toBeCloseTo(ratio, 1);
  expect(contrast(other, one)).toBe(contrast(one, other));
});

/** Every sixth of each channel. */
const STEPS = ["00", "33", "66", "99", "cc", "ff"];
const COLORS = STEPS.flatMap((red) => STEPS.flatMap((green) => STEPS.map((blue) => `#${red}${green}${blue}`)));

describe.each(Object.entries(PAPER))("on %s paper", (_name, paper) => {
  test("every accent stands out, and every text on it can be read", () => {
    const faint = COLORS.map((color) => accentOn(paper, color)).filter(
      (shade) => !(contrast(shade, paper) >= 3 && contrast(textOn(shade), shade) >= 4.5),
    );
    expect(faint).toEqual([]);
  });

  test("an accent that stands out stays as it is", () => {
    const visible = COLORS.filter((color) => contrast(color, paper) >= 3);
    expect(visible.length).toBeGreaterThan(100);
    expect(visible.map((color) => accentOn(paper, color))).toEqual(visible);
  });
});

test("text is dark on a light accent", () => {
  expect(["#ffd600", "#2456c7", "#ffffff", "#114422"].map(textOn)).toEqual([
    "#000000",
    "#ffffff",
    "#000000",
    "#ffffff",
  ]);
});
