/** Expectations of a case as the whole run that an engine must report: every header, cookie, log line and read. */
import type { CloudFrontFunctionEvent } from "../../../local/cloudfront-events";
import { REQUEST_ID, type Expected, type Passed, type Refusal } from "./case";

const REFUSALS: Record<Refusal, { status: number; title: string; detail: string }> = {
  host: { status: 421, title: "Unknown address", detail: "Check the address, or ask for help." },
  path: { status: 400, title: "Address refused", detail: "Check the address, or ask for help." },
  size: {
    status: 431,
    title: "Request too large",
    detail: "Your browser sends too many cookies. Delete those of this site and try again.",
  },
  endpoint: { status: 404, title: "Not found", detail: "Check the address, or ask for help." },
  rule: { status: 403, title: "Access denied", detail: "Check the address, or ask for help." },
  role: { status: 403, title: "Access denied", detail: "Your account has no access to this page." },
  store: { status: 503, title: "Try again", detail: "Sign-in cannot be checked right now." },
};

const SECURITY_HEADERS = {
  "cache-control": { value: "no-store" },
  "strict-transport-security": { value: "max-age=31536000" },
  "x-content-type-options": { value: "nosniff" },
};
const PAGE_HEADERS = {
  ...SECURITY_HEADERS,
  "content-type": { value: "text/html;charset=utf-8" },
  "content-security-policy": { value: "default-src 'none';style-src 'unsafe-inline';frame-ancestors 'none'" },
};
const PROBLEM_HEADERS = { ...SECURITY_HEADERS, "content-type": { value: "application/problem+json" } };

/** @returns the run, with matchers for the text of pages */
export function expectedRun(event: CloudFrontFunctionEvent, basePath: string, expected: Expected): object {
  return { log: [expected.log], reads: expected.reads, result: expectedResult(event, basePath, expected) };
}

function expectedResult(event: CloudFrontFunctionEvent, basePath: string, expected: Expected): object {
  if ("pass" in expected) return passedRequest(event, expected.pass);
  if ("deny" in expected) return refusal(expected.deny, expected.as, basePath);
  if (expected.login === "problem") {
    return {
      statusCode: 401,
      headers: { ...PROBLEM_HEADERS, "www-authenticate": { value: 'Cookie realm="gate"' } },
      body: problem({ status: 401, title: "Sign-in required", login: `${basePath}/login`, requestId: REQUEST_ID }),
    };
  }
  const location = `${basePath}/login?return_to=${encodeURIComponent(expected.login.returnTo)}`;
  return { statusCode: 302, headers: { location: { value: location }, "cache-control": { value: "no-store" } } };
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

function refusal(why: Refusal, as: "page" | "problem", basePath: string): object {
  const { status, title, detail } = REFUSALS[why];
  const retry = why === "store" ? { "retry-after": { value: "5" } } : {};
  if (as === "problem") {
    return {
      statusCode: status,
      headers: { ...PROBLEM_HEADERS, ...retry },
      body: problem({ status, title, detail, requestId: REQUEST_ID }),
    };
  }
  const parts = [
    `<h1>${title}</h1>`,
    detail,
    ...(why === "role" ? [`href="${basePath}/logout"`] : []),
    `Request ID ${REQUEST_ID}`,
  ];
  // Only who is signed in can sign out; and no page runs or loads anything.
  const never = why === "role" ? "<script|src=" : "<script|src=|/logout";
  const data: unknown = expect.stringMatching(
    new RegExp(`^<!doctype html>(?!.*(${never})).*${parts.map(literal).join(".*")}`, "s"),
  );
  return { statusCode: status, headers: { ...PAGE_HEADERS, ...retry }, body: { encoding: "text", data } };
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
