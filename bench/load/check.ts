/** Compares an answer with the expected one. */
import type { Expected } from "./expected";
import type { Answer } from "./send";
import type { Ask } from "./traffic";

/** @returns the differences; empty if there are none */
export function differences(ask: Ask, expected: Expected, answer: Answer): string[] {
  const found: string[] = [];
  const compare = (what: string, actual: unknown, wanted: unknown) => {
    if (actual !== wanted) found.push(`${what} ${JSON.stringify(actual)}, not ${JSON.stringify(wanted)}`);
  };
  const header = (name: string) => answer.headers[name] as string | undefined;
  const { location, challenge, as, readableBy, origin } = expected;
  compare("status", answer.status, expected.status);
  if (found.length > 0) return found;
  if (location === undefined) compare("location", header("location"), undefined);
  else if (location.endsWith("$")) compare("location", header("location"), location.slice(0, -1));
  else compare("location", header("location")?.slice(0, location.length), location);
  if (challenge === undefined && answer.status !== 403) compare("challenge", header("www-authenticate"), undefined);
  else if (challenge !== undefined)
    compare("challenge", header("www-authenticate")?.slice(0, challenge.length), challenge);
  if (readableBy !== undefined)
    compare("access-control-allow-origin", header("access-control-allow-origin"), readableBy ?? undefined);
  if (as === "page") {
    compare("content-type", header("content-type"), "text/html;charset=utf-8");
    compare("cache-control", header("cache-control"), "no-store");
  } else if (as !== undefined) {
    compare("content-type", header("content-type"), "application/problem+json");
    compare("cache-control", header("cache-control"), "no-store");
    if (ask.method !== "HEAD") {
      const { status, title } = parsed(answer.body);
      compare("status of the problem", status, expected.status);
      if (as.problem !== "") compare("title of the problem", title, as.problem);
    }
  }
  if (ask.method !== "HEAD") found.push(...originDifferences(ask, origin, received(answer)));
  return found;
}

function originDifferences(
  ask: Ask,
  wanted: Record<string, string> | undefined,
  received: Record<string, string> | undefined,
): string[] {
  if (wanted === undefined) return received === undefined ? [] : ["the origin answered"];
  if (received === undefined) return ["the origin did not answer"];
  const ofGate = Object.keys(received).filter((name) => isOfGate(name));
  const names = new Set([...ofGate, ...Object.keys(wanted)]);
  const found = [...names]
    .filter((name) => received[name] !== wanted[name])
    .map((name) => `the origin got ${name}: ${received[name]}, not ${wanted[name]}`);
  if (received["cookie"] !== ask.cookies)
    found.push(`the origin got cookies ${received["cookie"]}, not ${ask.cookies}`);
  // Public requests pass unchanged.
  if (ask.hasAuthorization && wanted["x-gate-user"] !== undefined && received["authorization"] !== undefined)
    found.push("the origin got the token");
  return found;
}

/** Headers that only the gate may set, in every spelling that a server could take for one. */
function isOfGate(name: string): boolean {
  return /^x.(gate|forwarded.host|original|http.method|rewrite)/.test(name) || name === "forwarded";
}

/** The headers that the demo origin got, which its page and its API show. */
function received({ body, headers }: Answer): Record<string, string> | undefined {
  if (String(headers["content-type"]) === "application/json") {
    const { received } = parsed(body) as { received?: Record<string, string> };
    return received;
  }
  if (!body.includes("What the origin received")) return undefined;
  const lines = body.slice(body.indexOf("What the origin received")).matchAll(/<dt>([^<]*)<\/dt><dd>([^<]*)<\/dd>/g);
  // The first line is that of the request.
  return Object.fromEntries([...lines].slice(1).map(([, name, value]) => [name!, unescaped(value!)]));
}

function unescaped(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

function parsed(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return {};
  }
}
