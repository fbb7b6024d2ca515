/** Cookies by RFC 6265: only what is named exactly so is a cookie of the gateway. */
import { onlyCookie, readCookies } from "../../../edge-handlers/shared/cookie-jar";

test.each<[string, string, string | undefined]>([
  ["alone", "a=1", "1"],
  ["among others", "x=y; a=1;z=2", "1"],
  ["with spaces and tabs around it", "x=y; \t a=1 \t;z=2", "1"],
  ["with = in its value", "a=1=2=", "1=2="],
  ["twice", "a=1; a=2", undefined],
  ["without a value", "a", undefined],
  ["in capitals", "A=1", undefined],
  // Browsers take white space of other kinds as part of a name, so a `__Host-` prefix behind it protects nothing.
  ...["\u00a0", "\u2000", "\ufeff", "\u0085", "\v", "\f"].map((space): [string, string, undefined] => [
    `after ${JSON.stringify(space)}`,
    `${space}a=1`,
    undefined,
  ]),
])("a cookie %s", (_name, header, value) => {
  expect(onlyCookie(readCookies(header), "a")).toBe(value);
});
