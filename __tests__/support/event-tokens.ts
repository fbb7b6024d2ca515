/**
 * Tokens that a server pushes to the gateway, and everything that can be wrong with one of any kind, one thing at a
 * time.
 */
import { randomBytes } from "node:crypto";
import { CompactSign, type JWTPayload } from "jose";
import type { RefusalReason } from "../../edge-handlers/auth/oidc/refused";
import {
  createSigningKey,
  forgeIdToken,
  forgeWithPublicKey,
  signIdToken,
  withTrailingBits,
  type SigningKey,
} from "./idp/keys";

/** An honest token, not signed yet. */
export interface Draft {
  claims: JWTPayload;
  header: Record<string, unknown>;
  key: SigningKey;
}

/**
 * The only thing that is wrong with a token, the reason for which it is refused, and how it is made of an honest one.
 */
export type Flaw = [name: string, reason: RefusalReason, make: (draft: Draft) => string | Promise<string>];

/** Claims by which all kinds of event tokens begin. */
export function commonClaims(issuer: string, audience: string, now: number): JWTPayload {
  return { iss: issuer, aud: audience, iat: now, jti: randomBytes(12).toString("hex") };
}

export function sign({ claims, key, header }: Draft): Promise<string> {
  return signIdToken(claims, key, header);
}

/** The token with other claims. */
export function withClaims(change: (claims: JWTPayload) => unknown): Flaw[2] {
  return (draft) => {
    const claims = { ...draft.claims };
    change(claims);
    return sign({ ...draft, claims });
  };
}

export function withHeader(change: Record<string, unknown>): Flaw[2] {
  return (draft) => sign({ ...draft, header: { ...draft.header, ...change } });
}

const signedBy =
  (alg: string): Flaw[2] =>
  async (draft) =>
    sign({ ...draft, key: await createSigningKey(alg, draft.key.kid) });
const rewritten =
  (change: (token: string) => string): Flaw[2] =>
  async (draft) =>
    change(await sign(draft));
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** @param maxAge seconds that a token of this kind may be old */
export function commonFlaws(maxAge: number): Flaw[] {
  return [
    ["of another issuer", "issuer", withClaims((claims) => (claims.iss = "https://evil.example"))],
    ["of the issuer with a trailing slash", "issuer", withClaims((claims) => (claims.iss += "/"))],
    ["without an issuer", "issuer", withClaims((claims) => delete claims.iss)],
    ["for another audience", "audience", withClaims((claims) => (claims.aud = "other"))],
    [
      "for an audience that begins with this one",
      "audience",
      withClaims((claims) => (claims.aud = `${String(claims.aud)}x`)),
    ],
    ["without an audience", "audience", withClaims((claims) => delete claims.aud)],
    ["for an empty list of audiences", "audience", withClaims((claims) => (claims.aud = []))],
    ["without an issue time", "time", withClaims((claims) => delete claims.iat)],
    [
      "with an issue time that is a text",
      "time",
      withClaims((claims) => Object.assign(claims, { iat: String(claims.iat) })),
    ],
    ["issued just beyond the allowed skew", "time", withClaims((claims) => (claims.iat! += 190))],
    ["issued too long ago", "time", withClaims((claims) => (claims.iat! -= maxAge + 190))],
    ["not valid yet", "time", withClaims((claims) => (claims.nbf = claims.iat! + 190))],
    ["without a jti", "claims", withClaims((claims) => delete claims.jti)],
    ["with an empty jti", "claims", withClaims((claims) => (claims.jti = ""))],
    ["with a jti that is a number", "claims", withClaims((claims) => Object.assign(claims, { jti: 7 }))],
    ["with a jti that is a list", "claims", withClaims((claims) => Object.assign(claims, { jti: [claims.jti] }))],
    ["without events", "events", withClaims((claims) => delete claims["events"])],
    ["with events that are null", "events", withClaims((claims) => (claims["events"] = null))],
    [
      "with a list of events",
      "events",
      withClaims((claims) => (claims["events"] = Object.keys(claims["events"] as object))),
    ],
    [
      "with the event as a text",
      "events",
      withClaims((claims) => (claims["events"] = Object.keys(claims["events"] as object)[0])),
    ],
    ["with no event among the events", "events", withClaims((claims) => (claims["events"] = {}))],
    ...[null, true, "x", 7, []].map((payload): Flaw => [
      `whose event is ${JSON.stringify(payload)}`,
      "events",
      withClaims(
        (claims) =>
          (claims["events"] = Object.fromEntries(Object.keys(claims["events"] as object).map((uri) => [uri, payload]))),
      ),
    ]),
    ["of an access token's type", "type", withHeader({ typ: "at+jwt" })],
    ["with a type that is a list", "type", (draft) => withHeader({ typ: [draft.header["typ"]] })(draft)],
    ["with an empty type", "type", withHeader({ typ: "" })],
    [
      "signed by nobody (alg none)",
      "key",
      ({ claims, header }) => forgeIdToken(claims, { ...header, alg: "none" }, () => "c2ln"),
    ],
    [
      "signed by nobody in the right algorithm's name",
      "signature",
      ({ claims, header, key }) =>
        forgeIdToken(claims, { ...header, alg: key.alg, kid: key.kid }, () => "A".repeat(86)),
    ],
    ["signed by HS256 with the public key as PEM", "key", ({ claims, key }) => forgeWithPublicKey(claims, key, "pem")],
    ["signed by HS256 with the public key as JWK", "key", ({ claims, key }) => forgeWithPublicKey(claims, key, "jwk")],
    ["signed by ES384, which is not on the list", "key", signedBy("ES384")],
    ["signed by RS512, which is not on the list", "key", signedBy("RS512")],
    ["signed by RS256 under the kid of another algorithm's key", "key", signedBy("RS256")],
    ["signed by a stranger's key under the right kid", "signature", signedBy("ES256")],
    [
      "signed by a stranger's key, without a kid",
      "signature",
      async (draft) => {
        const key = await createSigningKey("ES256", draft.key.kid);
        return sign({ ...draft, key, header: { ...draft.header, kid: undefined } });
      },
    ],
    ["with an unknown kid", "key", withHeader({ kid: "unknown" })],
    [
      "that brings its own key",
      "signature",
      async (draft) => {
        const key = await createSigningKey("ES256", draft.key.kid);
        return sign({ ...draft, key, header: { ...draft.header, jwk: key.jwk } });
      },
    ],
    [
      "that says where its key is",
      "key",
      async (draft) =>
        sign({
          ...draft,
          key: await createSigningKey("ES256", "elsewhere"),
          header: { ...draft.header, jku: "https://evil.example/jwks" },
        }),
    ],
    [
      "with a critical header that nobody understands",
      "malformed",
      ({ claims, header, key }) =>
        forgeIdToken(claims, { ...header, alg: key.alg, kid: key.kid, crit: ["x"], x: 1 }, () => "AAAA"),
    ],
    [
      "with a changed payload",
      "signature",
      (draft) =>
        rewritten((token) => token.replace(/\.[^.]+\./, `.${encoded({ ...draft.claims, changed: true })}.`))(draft),
    ],
    ["with trailing bits in its signature", "malformed", rewritten(withTrailingBits)],
    ["with padding", "malformed", rewritten((token) => `${token}==`)],
    ["with a space in its signature", "malformed", rewritten((token) => token.replace(/.{5}$/, " $&"))],
    ["with a line break at its end", "malformed", rewritten((token) => `${token}\n`)],
    ["of two parts", "malformed", rewritten((token) => token.split(".").slice(0, 2).join("."))],
    ["of five parts", "malformed", rewritten((token) => `${token}.x.y`)],
    [
      "whose payload is a list",
      "malformed",
      ({ claims, header, key }) =>
        new CompactSign(Buffer.from(JSON.stringify([claims])))
          .setProtectedHeader({ ...header, alg: key.alg, kid: key.kid })
          .sign(key.privateKey),
    ],
    ["that is oversized", "malformed", withClaims((claims) => (claims["padding"] = "x".repeat(25_000)))],
  ];
}
