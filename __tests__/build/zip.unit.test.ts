import { unzipSync } from "fflate";
import { deterministicZip } from "../../build/zip";

const bytes = (text: string) => new TextEncoder().encode(text);

/** Offsets within a central directory header: APPNOTE.TXT section 4.3.12. */
function centralDirectory(zip: Uint8Array): { time: number; mode: number }[] {
  const view = Buffer.from(zip);
  const headers: { time: number; mode: number }[] = [];
  for (let at = view.indexOf("PK\u0001\u0002"); at >= 0; at = view.indexOf("PK\u0001\u0002", at + 1)) {
    headers.push({ time: view.readUInt32LE(at + 12), mode: view.readUInt32LE(at + 38) >>> 16 });
  }
  return headers;
}

test("holds every file", () => {
  const files = unzipSync(deterministicZip({ "index.js": bytes("a"), "lib/b.js": bytes("b") }));
  expect(Object.entries(files).map(([name, content]) => [name, Buffer.from(content).toString()])).toEqual([
    ["index.js", "a"],
    ["lib/b.js", "b"],
  ]);
});

test("does not depend on the order of the files", () => {
  const [a, b] = [bytes("a"), bytes("b")];
  expect(deterministicZip({ "b.js": b, "a.js": a })).toEqual(deterministicZip({ "a.js": a, "b.js": b }));
});

test("does not depend on the time", () => {
  jest.useFakeTimers({ now: new Date("2031-07-01T12:00:00Z") });
  const later = deterministicZip({ "index.js": bytes("a") });
  jest.useRealTimers();
  expect(later).toEqual(deterministicZip({ "index.js": bytes("a") }));
});

test("gives files a fixed date and a mode with which Lambda can read them", () => {
  const midnight1January1980 = (1 << 21) | (1 << 16);
  expect(centralDirectory(deterministicZip({ "index.js": bytes("a") }))).toEqual([
    { time: midnight1January1980, mode: 0o100644 },
  ]);
});
