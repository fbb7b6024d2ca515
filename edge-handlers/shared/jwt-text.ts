/** Reads the text of a JWT strictly, before anything trusts it. */
import type { Claims } from "../../identity/claim-path";
import { isObject } from "./json";

/**
 * Header and payload of a token in JWS compact serialization (RFC 7515 section 7.1); undefined if it is not one. Strict where
 * libraries are lenient: base64url has one spelling, text is valid UTF-8, and members have different names (RFC 8725
 * section 2.4, RFC 7519 section 4).
 */
export function decodeSegments(token: string): { header: Claims; payload: Claims } | undefined {
  const parts = token.split(".");
  if (parts.length !== 3 || !parts.every(isCanonicalBase64url)) return undefined;
  const [header, payload] = [objectIn(parts[0]!), objectIn(parts[1]!)];
  return header && payload ? { header, payload } : undefined;
}

/** jose's decoder tolerates other characters and spare bits, but a token must have only one valid spelling. */
export function isCanonicalBase64url(part: string): boolean {
  return part !== "" && Buffer.from(part, "base64url").toString("base64url") === part;
}

function objectIn(part: string): Claims | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(part, "base64url"));
    const value: unknown = JSON.parse(text);
    return isObject(value) && !repeatsMember(text) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** True if an object in a valid JSON text has two members of the same name, at any depth. */
function repeatsMember(text: string): boolean {
  const open: Set<string>[] = [];
  for (const [token, after] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (after !== undefined) {
      const name = JSON.parse(token.slice(0, -after.length)) as string;
      const names = open.at(-1)!;
      if (names.has(name)) return true;
      names.add(name);
    }
  }
  return false;
}
