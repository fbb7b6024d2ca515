/** Expectations of a case as the whole run that an engine must report: every header, cookie, log line and read. */
import type { CloudFrontFunctionEvent } from "../../../local/cloudfront-events";
import { REQUEST_ID, type Expected, type Passed, type Refusal } from "./case";

const REFUSALS: Record<Refusal, { status: number; title: string; detail?: string }> = {
  host: { status: 421, title: "Unknown address" },
  path: { status: 400, title: "Address refused" },
  size: {
    status: 431,
    title: "Request too large",
    detail: "Too many cookies or headers.",
  },
  endpoint: { status: 404, title: "Not found" },
  rule: { status: 403, title: "Access denied" },
  role: { status: 403, title: "Access denied", detail: "Your account has no access to this page." },
  store: { status: 503, title: "Try again", detail: "Sign-in cannot be checked right now." },
  closed: { status: 503, title: "Under maintenance", detail: "Please come back later." },
};

const SECURITY_HEADERS = {
  "cache-control": { value: "no-store" },
  "strict-transport-security": { value: "max-age=31536000" },
  "x-content-type-options": { value: "nosniff" },
};
const PAGE_HEADERS = {
  ...SECURITY_HEADERS,
  "content-type": { value: "text/html;charset=utf-8" },
  "content-security-policy": {
    value: "default-src 'none';style-src 'unsafe-inline';frame-src 'self';frame-ancestors 'none'",
  },
};
const CHALLENGE = { "www-authenticate": { value: 'Cookie realm="gate"' } };
const PROBLEM_HEADERS = { ...SECURITY_HEADERS, "content-type": { value: "application/problem+json" } };

/** @returns the run, with matchers for the text of pages */
export function expectedRun(event: CloudFrontFunctionEvent, basePath: string, expected: Expected): object {
  return { log: [expected.log], reads: expected.reads, result: expectedResult(event, basePath, expected) };
}

function expectedResult(event: CloudFrontFunctionEvent, basePath: string, expected: Expected): object {
  if ("pass" in expected) return passedRequest(event, expected.pass);
  if ("deny" in expected) return refusal(event, expected, basePath);
  if (expected.login === "form") {
    return {
      statusCode: 401,
      headers: { ...PAGE_HEADERS, ...CHALLENGE },
      body: { encoding: "text", data: page(event, 401, "form", basePath) },
    };
  }
  if (expected.login === "problem") {
    return {
      statusCode: 401,
      headers: { ...PROBLEM_HEADERS, ...CHALLENGE },
      body: problem({ status: 401, title: "Sign-in required", login: `${basePath}/login`, requestId: REQUEST_ID }),
    };
  }
  const location = `${basePath}/login?return_to=${encodeURIComponent(expected.login.returnTo)}`;
  const statusCode = expected.login.isForm ? 307 : 302;
  return { statusCode, headers: { location: { value: location }, "cache-control": { value: "no-store" } } };
}

function passedRequest(
  event: CloudFrontFunctionEvent,
  { sets, removes, cookies, uri = event.request.uri }: Passed,
): object {
  const { method, querystring, headers } = event.request;
  const kept = Object.entries(headers).filter(([name]) => !removes.includes(name));
  return {
    method,
    uri,
    querystring,
    headers: { ...Object.fromEntries(kept), "x-forwarded-host": headers["host"], ...values(sets) },
    cookies: values(cookies),
  };
}

function refusal(
  event: CloudFrontFunctionEvent,
  { deny: why, as, retryAfter = "5", need }: Extract<Expected, { deny: Refusal }>,
  basePath: string,
): object {
  const { status, title, detail } = REFUSALS[why];
  const retry = status === 503 ? { "retry-after": { value: retryAfter } } : {};
  return as === "problem"
    ? {
        statusCode: status,
        headers: { ...PROBLEM_HEADERS, ...retry },
        body: problem({ status, title, detail, requestId: REQUEST_ID }),
      }
    : {
        statusCode: status,
        headers: { ...PAGE_HEADERS, ...retry },
        body: { encoding: "text", data: page(event, status, why, basePath, need) },
      };
}

/**
 * A frame that tells the handler why, which request it was, and its path if that was checked. Nothing else of a request is
 * in the page, and it runs nothing.
 */
function page(
  event: CloudFrontFunctionEvent,
  status: number,
  why: Refusal | "form",
  basePath: string,
  need?: string,
): unknown {
  const isChecked = !["host", "path", "size"].includes(why);
  const to = isChecked ? `&to=${literal(encodeURIComponent(event.request.uri))}(%3F[^<>"&]*)?` : "";
  const source = `${literal(`${basePath}/refused?why=${why}&id=${REQUEST_ID}`)}${to}${need === undefined ? "" : `&need=${literal(encodeURIComponent(need))}`}`;
  return expect.stringMatching(
    new RegExp(
      `^<!doctype html><html lang=en><meta [^<>]+><title>${status} - [\\w .]+</title><style>[^<]+</style><iframe title="[\\w .]+" src="${source}"></iframe>$`,
    ),
  );
}

function problem(details: object): object {
  return { encoding: "text", data: JSON.stringify(details) };
}

function values(entries: Record<string, string>): Record<string, { value: string }> {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, { value }]));
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
