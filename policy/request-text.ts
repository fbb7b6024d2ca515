/** Reads a request as people write it: `GET /docs/x`, or with the host as `PUT https://other.example.com/y`. */
import type { PolicyRequest } from "./evaluate";
import { METHODS } from "./rule";

const FORM = 'write a method and a path, such as "GET /docs/x", or a URL, such as "GET https://app.example.com/docs/x"';

/**
 * Unlike in browsers, the URL is not normalized, so that people can also ask about `/a/../b`. The query plays no
 * part in a decision and is left out.
 *
 * @param domain the host of a request that names none
 * @returns the request, or what to write instead
 */
export function readRequestText(text: string, domain: string): Omit<PolicyRequest, "preflight"> | { problem: string } {
  const [, method, target] = /^(\S+) +(\S.*)$/.exec(text) ?? [];
  if (method === undefined || target === undefined) return { problem: FORM };
  if (!METHODS.some((name) => name === method)) return { problem: `write one of ${METHODS.join(", ")}` };
  const [, scheme, host = domain, rest] = /^(?:([a-z]+):\/\/([^/?#]+))?([/?#].*)?$/i.exec(target) ?? [];
  if (rest === undefined && scheme === undefined) return { problem: FORM };
  if (scheme !== undefined && scheme.toLowerCase() !== "https")
    return { problem: "write https: CloudFront redirects http before any rule applies" };
  if (host.includes("@")) return { problem: "leave out the user name: browsers do not send it" };
  const [path] = (rest ?? "/").split(/[?#]/);
  return { method, host: host.toLowerCase().replace(/:443$/, ""), path: path === "" ? "/" : path! };
}
