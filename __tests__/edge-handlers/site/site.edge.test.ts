/**
 * The shipped handler on what a bucket answers, with events as CloudFront sends them: a missing key of a bucket that
 * may not be listed is a 403 with XML, and `transfer-encoding` must come back as it was.
 */
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { artifacts } from "../../../build/artifacts";
import { startAwsEmulator, type AwsEmulator } from "../../../local/aws-emulator";
import { startLambda, type Lambda } from "../../../local/lambda";
import { siteFolder } from "../../../local/site-folder";
import { SITE_HEADER, type SiteSettings } from "../../../session/site";
import { urlencodedJson } from "../../../stacks/terraform-text";
import { lambdaNode, PATIENCE } from "../../support/tools";
import { soon } from "../../support/soon";

const THEME = { productName: "Handbuch für alle", accentColor: "#114422", support: "mailto:help@example.com" };
const CACHE = "max-age=0, s-maxage=10, must-revalidate";
const PAGE = "<!doctype html><title>Nichts da</title><p>Ärgerlich";

interface Change {
  method?: string;
  status?: number;
  settings?: Partial<SiteSettings>;
  /** What the header with the settings has instead. */
  header?: string | null;
  response?: object;
}

interface Answer {
  status: string;
  statusDescription?: string;
  headers: Record<string, { key?: string; value: string }[]>;
  body?: string;
  bodyEncoding?: string;
}

let aws: AwsEmulator;
let lambda: Lambda;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "edgegate-site-"));
  mkdirSync(join(folder, "docs/Über uns"), { recursive: true });
  mkdirSync(join(folder, "v1.2"));
  for (const file of ["docs/index.html", "docs/Über uns/index.html", "v1.2/index.html"])
    writeFileSync(join(folder, file), "x");
  writeFileSync(join(folder, "404.html"), PAGE);
  writeFileSync(join(folder, "large.html"), "x".repeat(700_001));
  aws = await startAwsEmulator();
  aws.files = siteFolder(folder);
  lambda = await startLambda({
    zip: artifacts().site,
    functionName: "wiki-site",
    node: lambdaNode(),
    patience: () => PATIENCE,
    env: { AWS_ENDPOINT_URL: aws.endpoint },
  });
});
beforeEach(() => {
  aws.requests.length = 0;
  aws.faults.clear();
});
afterAll(async () => {
  await lambda.close();
  await aws.close();
  rmSync(folder, { recursive: true });
});

function event(uri: string, { method = "GET", status = 403, settings = {}, header, response }: Change): object {
  const value = header === undefined ? urlencodedJson({ theme: THEME, folders: "index.html", ...settings }) : header;
  return {
    Records: [
      {
        cf: {
          config: {
            distributionDomainName: "d123.cloudfront.net",
            distributionId: "E1",
            eventType: "origin-response",
            requestId: "r==",
          },
          request: {
            clientIp: "203.0.113.178",
            headers: {
              "user-agent": [{ key: "User-Agent", value: "Amazon CloudFront" }],
              host: [{ key: "Host", value: "wiki-1.s3.us-east-1.amazonaws.com" }],
            },
            method,
            origin: {
              s3: {
                authMethod: "none",
                customHeaders: value === null ? {} : { [SITE_HEADER]: [{ key: SITE_HEADER, value }] },
                domainName: "wiki-1.s3.us-east-1.amazonaws.com",
                path: "",
                region: "",
              },
            },
            querystring: "",
            uri,
          },
          response: response ?? {
            headers: {
              "x-amz-request-id": [{ key: "x-amz-request-id", value: "SECRETLY-S3" }],
              date: [{ key: "Date", value: "Fri, 11 Sep 2026 00:00:00 GMT" }],
              server: [{ key: "Server", value: "AmazonS3" }],
              "content-type": [{ key: "Content-Type", value: "application/xml" }],
              "transfer-encoding": [{ key: "Transfer-Encoding", value: "chunked" }],
            },
            status: String(status),
            statusDescription: "Forbidden",
          },
        },
      },
    ],
  };
}

async function ask(
  uri: string,
  change: Change = {},
): Promise<{ answer: Answer; text: string; own: Record<string, string> }> {
  const answer = (await lambda.invoke(event(uri, change))) as Answer;
  const { "transfer-encoding": readOnly, ...headers } = answer.headers;
  // CloudFront answers 502 if a function changes or removes it.
  expect(readOnly).toEqual([{ key: "Transfer-Encoding", value: "chunked" }]);
  expect(JSON.stringify(answer)).not.toMatch(/AmazonS3|SECRETLY/);
  const own = Object.fromEntries(Object.entries(headers).map(([name, [only]]) => [name, only!.value]));
  return { answer, text: Buffer.from(answer.body!, "base64").toString(), own };
}

test.each([
  ["200", "OK"],
  ["206", "Partial Content"],
  ["304", "Not Modified"],
])("a %s passes as it is, without a call of the bucket", async (status, statusDescription) => {
  const response = { status, statusDescription, headers: { etag: [{ key: "ETag", value: '"1"' }] } };
  expect(await lambda.invoke(event("/docs/", { response }))).toEqual(response);
  expect(aws.requests).toEqual([]);
});

test.each([403, 404])("what is missing (%d) is a 404 with a page in the site's theme", async (status) => {
  const { answer, text, own } = await ask("/docs/missing.html", { status });
  expect(answer).toMatchObject({ status: "404", statusDescription: "Not Found", bodyEncoding: "base64" });
  expect(own).toEqual({
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none';style-src 'unsafe-inline';frame-ancestors 'none'",
    "cache-control": CACHE,
  });
  expect(text).toMatch(
    /<title>Page not found - Handbuch für alle<\/title>[^]*#114422[^]*<h1>Page not found<\/h1>[^]*mailto:help@example.com/,
  );
  // The cache shows the page to others.
  expect(text).not.toContain("Request ID");
  expect(aws.requests).toEqual([]);
});

test("the site's own page is read once for many requests", async () => {
  for (const path of ["/a.js", "/b.js"]) {
    const { answer, text, own } = await ask(path, { settings: { notFound: "/404.html" } });
    expect(answer.status).toBe("404");
    expect(own).toEqual({ "content-type": "text/html; charset=utf-8", "cache-control": CACHE });
    expect(text).toBe(PAGE);
  }
  expect(aws.requests).toEqual(["S3.GetObject"]);
});

test.each(["/gone.html", "/large.html"])("without its page %s, the gateway's is shown", async (notFound) => {
  const { answer, text } = await ask("/a.js", { settings: { notFound } });
  expect(answer.status).toBe("404");
  expect(text).toContain("<h1>Page not found</h1>");
  // Its output comes by another way than its answer.
  await soon(() =>
    expect(lambda.logs()).toMatch(
      notFound === "/gone.html" ? /"outcome":"page_missing"/ : /"outcome":"page_unavailable"/,
    ),
  );
});

test.each(["error", "hang"] as const)(
  "if the bucket's own API fails (%s), the gateway's page is shown",
  async (fault) => {
    aws.faults.set("S3.GetObject", fault);
    const { answer, text } = await ask("/a.js", { settings: { notFound: `/${fault}.html` } });
    expect(answer.status).toBe("404");
    expect(text).toContain("<h1>Page not found</h1>");
  },
);

test.each([
  ["/docs", "/docs/"],
  ["/docs/%C3%9Cber%20uns", "/docs/%C3%9Cber%20uns/"],
  ["/v1.2", "/v1.2/"],
])("the folder %s is redirected to %s, so that its relative links work", async (path, location) => {
  const { answer, own } = await ask(path);
  expect(answer).toMatchObject({ status: "302", statusDescription: "Found", body: "" });
  expect(own).toEqual({ location, "cache-control": CACHE });
  expect(aws.requests).toEqual(["S3.HeadObject"]);
});

test.each([
  ["no folder", "/nothing", {}, 1],
  ["a file", "/docs/index.html", {}, 0],
  ["a folder of an application", "/docs", { settings: { folders: undefined as never } }, 0],
  ["another host's address", "//evil.example", {}, 0],
  ["the same in another way", "/\\evil.example", {}, 0],
  ["a broken escape", "/docs%zz", {}, 0],
] as const)("%s is not redirected", async (_, path, change, calls) => {
  expect((await ask(path, change)).answer.status).toBe("404");
  expect(aws.requests).toHaveLength(calls);
});

test("a folder is not found while the bucket's own API fails", async () => {
  aws.faults.set("S3.HeadObject", "error");
  expect((await ask("/docs")).answer.status).toBe("404");
  await soon(() => expect(lambda.logs()).toContain('"outcome":"folder_unknown"'));
});

test("HEAD gets the same headers and no body", async () => {
  const { answer, own } = await ask("/a.js", { method: "HEAD" });
  expect(answer).toMatchObject({ status: "404", body: "" });
  expect(own["content-type"]).toBe("text/html; charset=utf-8");
});

test.each([
  ["a preflight that the bucket refuses", "OPTIONS", 403, "Request not supported"],
  ["a range that the file does not have", "GET", 416, "Request not supported"],
  ["a failed precondition", "GET", 412, "Request not supported"],
  ["a bucket that is too busy", "GET", 503, "Try again"],
])("%s keeps its status and loses its XML", async (_, method, status, title) => {
  const { answer, text, own } = await ask("/docs/", { method, status });
  expect(answer.status).toBe(String(status));
  expect(text).toContain(`<h1>${title}</h1>`);
  expect(own["retry-after"]).toBe(status === 503 ? "5" : undefined);
});

test.each([
  ["none", null],
  ["unreadable ones", "%7B%"],
])("with settings that are %s, a plain page is shown", async (_, header) => {
  const { answer, text } = await ask("/docs", { header });
  expect(answer.status).toBe("404");
  expect(text).toContain("<h1>Page not found</h1>");
  // There is nobody to ask, and nothing to tell them.
  expect(text).not.toContain("<footer>");
  await soon(() => expect(lambda.logs()).toContain('"outcome":"settings_unreadable"'));
});
