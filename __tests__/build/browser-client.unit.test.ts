import { gzipSync } from "node:zlib";
import { buildBrowserClient, buildBrowserModule } from "../../build/browser-client";

describe("the browser client", () => {
  const text = buildBrowserClient();

  test("has at most 1,024 bytes, minified and compressed", () => {
    expect(gzipSync(text, { level: 9 }).length).toBeLessThanOrEqual(1_024);
  });

  test("is a module without imports, for which no page has to allow the evaluation of text", () => {
    expect(text).toMatch(/export\{\w+ as startSession\};$/);
    expect(text).not.toMatch(/\bimport\b|\beval\b|Function\(|document\.cookie|innerHTML/);
  });

  test("is the same for bundlers, with names that people can read", () => {
    expect(buildBrowserModule()).toContain("function startSession(");
  });
});
