/** A browser with device-bound sessions, as far as the gateway sees of it: https://w3c.github.io/webappsec-dbsc/. */
import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import type { Browser } from "./browser-emulator";
import type { EdgeResponse } from "./cloudfront-event";

/** What the browser sends of its own accord: no cookie of a page, and no page's metadata. */
const BY_ITSELF = { Accept: "*/*", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "empty" };

export type Algorithm = "ES256" | "RS256";

export interface Device {
  publicKey: Record<string, unknown>;
  /** A proof: a JWT with these claims, and members of its header beside the usual ones. */
  proof(claims: Record<string, unknown>, header?: Record<string, unknown>): string;
}

export function makeDevice(algorithm: Algorithm = "ES256", modulusLength = 2048): Device {
  const { publicKey, privateKey } =
    algorithm === "ES256"
      ? generateKeyPairSync("ec", { namedCurve: "P-256" })
      : generateKeyPairSync("rsa", { modulusLength });
  return {
    publicKey: publicKey.export({ format: "jwk" }) as Record<string, unknown>,
    proof: (claims, header) => jwt({ alg: algorithm, typ: "dbsc+jwt", ...header }, claims, privateKey),
  };
}

function jwt(header: object, claims: object, key: KeyObject): string {
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

/** The challenge and the path of an offer; undefined if there is none. */
export function offerOf(response: EdgeResponse): { challenge: string; path: string } | undefined {
  const header = response.headers["secure-session-registration"]?.[0];
  const found = /^\(ES256 RS256\);path="([^"]+)";challenge="([^"]+)"$/.exec(header ?? "");
  if (header !== undefined && !found) throw new Error(`not an offer: ${header}`);
  return found ? { path: found[1]!, challenge: found[2]! } : undefined;
}

/** As Chrome sends it after the way back from an identity provider: without the `Lax` cookies. */
export async function register(
  browser: Browser,
  device: Device,
  challenge: string,
  { header = { jwk: device.publicKey }, claims = {} }: { header?: object; claims?: object } = {},
): Promise<EdgeResponse> {
  const proof = device.proof({ jti: challenge, ...claims }, { ...header });
  return browser.fetch("/_gate/device/register", {
    method: "POST",
    headers: { ...BY_ITSELF, Cookie: "", "Secure-Session-Response": proof },
  });
}

/** Asks for a new device cookie. @param proof absent in the first request, which gets a challenge */
export function refresh(browser: Browser, session: string, proof?: string): Promise<EdgeResponse> {
  return browser.fetch("/_gate/device/refresh", {
    method: "POST",
    headers: {
      ...BY_ITSELF,
      "Sec-Secure-Session-Id": session,
      ...(proof !== undefined && { "Secure-Session-Response": proof }),
    },
  });
}

/** The challenge of a 403. @throws Error if it has none for this session */
export function challengeOf(response: EdgeResponse, session: string): string {
  const header = response.headers["secure-session-challenge"]?.[0] ?? "";
  const [, challenge, id] = /^"([^"]+)";id="([^"]+)"$/.exec(header) ?? [];
  if (response.status !== 403 || challenge === undefined || id !== session)
    throw new Error(`no challenge: ${response.status} ${header}`);
  return challenge;
}
