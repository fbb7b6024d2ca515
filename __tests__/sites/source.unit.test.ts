import { matchesPattern } from "../../cloudfront/path-pattern";
import { filesIn, type Place } from "../../sites/place";
import { servedPath, siteSource } from "../../sites/source";

const FOLDERS = { index: "index.html", spa: false } as const;
const APP = { index: "index.html", spa: true } as const;
const OTHER = undefined;

describe("the text", () => {
  test.each<[string, Place[], string]>([
    ["no site", [{ pattern: "*", site: OTHER }], "var F;"],
    ["sites that change no path", [{ pattern: "*", site: { index: false, spa: false } }], "var F;"],
    ["one site", [{ pattern: "*", site: FOLDERS }], 'function F(p){return p.endsWith("/")?p+"index.html":p}'],
    [
      "an API beside it",
      [
        { pattern: "/api/*", site: OTHER },
        { pattern: "*", site: FOLDERS },
      ],
      'function F(p){if(p.startsWith("/api/"))return p;return p.endsWith("/")?p+"index.html":p}',
    ],
    [
      "a site beside a server, without the behaviors that come after it",
      [
        { pattern: "/app/*", site: APP },
        { pattern: "/api/*", site: OTHER },
        { pattern: "*", site: OTHER },
      ],
      'function F(p){if(p.startsWith("/app/"))return p.lastIndexOf(".")>p.lastIndexOf("/")?p:"/app/index.html";return p}',
    ],
  ])("of %s", (_, places, source) => expect(siteSource(places, [])).toBe(source));

  test.each<[string, Place, string]>([
    ["a folder", { pattern: "*", site: FOLDERS }, 'p.endsWith("/")&&p!="/a.ico/"&&p!="/b/c.txt/"?p+"index.html":p'],
    [
      "a deep link",
      { pattern: "*", site: APP },
      'p.lastIndexOf(".")>p.lastIndexOf("/")||p=="/a.ico/"||p=="/b/c.txt/"?p:"/index.html"',
    ],
  ])("of a file that a rule names, which is not %s", (_, place, source) =>
    expect(siteSource([place], ["/a.ico", "/b/c.txt"])).toBe(`function F(p){return ${source}}`),
  );

  test("is ASCII in which Terraform finds nothing to replace", () => {
    const places = [{ pattern: "/~a._-*z/*/b*", site: { index: "~a._-", spa: false } }];
    expect(siteSource(places, [])).toMatch(/^[ -~]+$/);
    expect(siteSource(places, [])).not.toMatch(/[$%]\{|\\|`/);
  });
});

test("files are what a rule names exactly and with an extension", () => {
  const paths = ["/favicon.ico", "/favicon.ico", "/v1.2", "/docs", "/", "/*/a.js", "/b.d/**", "/a.b/c"];
  expect(filesIn(paths.map((path) => ({ path })))).toEqual(["/favicon.ico"]);
});

describe("a behavior's pattern", () => {
  const PATTERNS = ["/a", "/a*", "/a/*", "/*a", "/*/a", "/a*a", "/a/*/b/*", "/a*b*a", "/**a", "/*", "/ab*ba", "/*a*b*"];
  const letters = ["a", "b", "/"];
  const paths = [0, 1, 2, 3, 4, 5, 6].reduce<string[][]>(
    (all, length) => [...all, length === 0 ? [""] : all[length - 1]!.flatMap((path) => letters.map((l) => path + l))],
    [],
  );

  test.each(PATTERNS)("%s matches what CloudFront matches, in every short path", (pattern) => {
    const served = servedPath(
      [
        { pattern, site: APP },
        { pattern: "*", site: OTHER },
      ],
      [],
    );
    const all = paths.flat().map((path) => `/${path}`);
    // No path has a dot, so that every path of the application is served its shell.
    const inSource = all.filter((path) => served(path) !== path);
    expect(inSource).toEqual(all.filter((path) => matchesPattern(pattern, path)));
    expect(inSource.length).toBeGreaterThan(0);
  });
});
