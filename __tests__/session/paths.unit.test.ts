import { ESCAPED, PLAIN, readPath, REFUSED } from "../../session/paths";
import { PATHS } from "../functions/gate/paths";

const READINGS = { plain: PLAIN, escaped: ESCAPED, refused: REFUSED };

test.each(PATHS)("%j is %s", (path, reading) => {
  expect(readPath(path)).toBe(READINGS[reading]);
});

describe("every escape", () => {
  /** `-` `.` `0`–`9` `A`–`Z` `_` `a`–`z` `~` (RFC 3986 section 2.3). */
  const isUnreserved = (code: number) => /[\w.~-]/.test(String.fromCharCode(code));
  const expected = (code: number) => {
    if (code < 0x20 || code === 0x7f || isUnreserved(code)) return REFUSED;
    if (["/", "\\", "%", "?", "#", ";"].includes(String.fromCharCode(code))) return ESCAPED;
    return PLAIN;
  };

  test.each(Array.from({ length: 128 }, (_, code) => `%${code.toString(16).padStart(2, "0")}`))(
    "%s of an ASCII character",
    (escape) => {
      const reading = expected(parseInt(escape.slice(1), 16));
      for (const path of [`/a${escape}b`, `/a${escape.toUpperCase()}b`, `/${escape}`, `/a/${escape}/b`])
        expect([path, readPath(path)]).toEqual([path, reading]);
    },
  );

  // RFC 3629 section 3: these bytes never appear in UTF-8.
  test.each([0xc0, 0xc1, ...Array.from({ length: 11 }, (_, i) => 0xf5 + i)].map((byte) => `%${byte.toString(16)}`))(
    "%s of a byte that UTF-8 does not have",
    (escape) => {
      expect(readPath(`/a${escape}b`)).toBe(REFUSED);
    },
  );
});

test.each([
  ["of letters", (length: number) => `/${"a".repeat(length - 1)}`, PLAIN],
  ["of segments", (length: number) => "/a".repeat(length / 2).padEnd(length, "a"), PLAIN],
  ["of escapes", (length: number) => `/a${"%20".repeat((length - 2) / 3)}`.padEnd(length, "a"), PLAIN],
  ["with a path parameter", (length: number) => `/;${"a".repeat(length - 2)}`, ESCAPED],
])("a path %s has at most 2,048 characters", (_, path, reading) => {
  expect([path(2048).length, path(2049).length]).toEqual([2048, 2049]);
  expect(readPath(path(2048))).toBe(reading);
  expect(readPath(path(2049))).toBe(REFUSED);
});
