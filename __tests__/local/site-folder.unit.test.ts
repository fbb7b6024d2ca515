import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answerFromBucket, siteFolder } from "../../local/site-folder";

const parent = mkdtempSync(join(tmpdir(), "edgegate-folder-"));
mkdirSync(join(parent, "site/docs"), { recursive: true });
for (const name of [
  "site/docs/index.html",
  "site/app.js",
  "site/a b.svg",
  "site/LICENSE",
  "site/font.woff2",
  "outside.html",
])
  writeFileSync(join(parent, name), name);
afterAll(() => rmSync(parent, { recursive: true }));

const ask = (path: string, method = "GET") =>
  answerFromBucket(siteFolder(join(parent, "site")), {
    id: "id",
    method,
    path,
    query: undefined,
    headers: [],
    body: Buffer.alloc(0),
    clientIp: "",
  });

test.each([
  ["/docs/index.html", "text/html; charset=utf-8"],
  ["/app.js", "text/javascript; charset=utf-8"],
  ["/a%20b.svg", "image/svg+xml"],
  ["/font.woff2", "font/woff2"],
  ["/LICENSE", "binary/octet-stream"],
])("%s is there, as %s", (path, type) => {
  const { status, headers, body } = ask(path);
  expect(status).toBe(200);
  expect(Object.fromEntries(headers)["content-type"]).toBe(type);
  expect(body.toString()).toBe(`site${decodeURIComponent(path)}`);
});

test.each([
  "/",
  "/docs",
  "/docs/",
  "/docs/index.html/",
  "//app.js",
  "/docs/../app.js",
  "/../outside.html",
  "/%2e%2e/outside.html",
  "/..%2foutside.html",
  "/app.js%00",
  "/%zz",
  "/missing",
])("%s is no key: S3's own answer", (path) => {
  const { status, headers, body } = ask(path);
  expect(status).toBe(403);
  expect(Object.fromEntries(headers)["content-type"]).toBe("application/xml");
  expect(body.toString()).toContain("<Code>AccessDenied</Code>");
});

test("a bucket takes no other method", () => expect(ask("/app.js", "OPTIONS").status).toBe(403));

test("a folder that is not there is reported", () =>
  expect(() => siteFolder(join(parent, "nothing"))).toThrow(/there is no folder .*nothing/));
