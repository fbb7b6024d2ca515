/** Tokens that must not be accepted: in the manner of Project Wycheproof, one flaw each, everything else as it should be. */
import { createHmac, createPrivateKey, generateKeyPairSync, sign, type KeyPairKeyObjectResult } from "node:crypto";
import { base64url, exportJWK, SignJWT, UnsecuredJWT, type JWK, type JWTPayload } from "jose";
import { AUDIENCE, startBearer, type BearerEnvironment } from "../../support/bearer-fixture";
import { createSigningKey, forgeWithPublicKey, withTrailingBits, type SigningKey } from "../../support/idp/keys";

let environment: BearerEnvironment;
let foreign: SigningKey;
let rsa: SigningKey;
/** The issuer publishes it, too. */
let weak: KeyPairKeyObjectResult;
beforeAll(async () => {
  environment = await startBearer((_, stranger) => ({
    main: {},
    loose: { issuer: stranger.issuer, type: "any", audience: ["urn:loose"] },
  }));
  foreign = await createSigningKey("ES256", environment.issuer.key.kid);
  rsa = await createSigningKey("RS256", "rsa-1");
  weak = generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 3 });
  const jwk = { ...weak.publicKey.export({ format: "jwk" }), kid: "weak", alg: "RS256", use: "sig" } as JWK;
  environment.issuer.publishedKeys.push(rsa, { ...rsa, kid: "weak", jwk });
});
afterAll(() => environment.close());

type Make = (environment: BearerEnvironment) => string | Promise<string>;

const encoded = (value: unknown) => base64url.encode(typeof value === "string" ? value : JSON.stringify(value));

/** Signs any text with the issuer's own key. */
async function signedText({ issuer }: BearerEnvironment, header: string, payload: string): Promise<string> {
  const text = `${base64url.encode(header)}.${base64url.encode(payload)}`;
  return `${text}.${await signature(issuer.key, text)}`;
}

async function signature(key: SigningKey, text: string): Promise<string> {
  const jwk = await exportJWK(key.privateKey);
  const privateKey = createPrivateKey({ key: jwk as never, format: "jwk" });
  return sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url");
}

const headerText = ({ issuer }: BearerEnvironment, more = "") =>
  `{"alg":"ES256","kid":"${issuer.key.kid}","typ":"at+jwt"${more}}`;

/** The honest token with another header member. */
const header =
  (more: Record<string, unknown>): Make =>
  (to) =>
    to.token({}, more);
const claims =
  (more: JWTPayload | ((to: BearerEnvironment) => JWTPayload)): Make =>
  (to) =>
    to.token(typeof more === "function" ? more(to) : more);
const odd =
  (more: Record<string, unknown>): Make =>
  (to) =>
    signedText(to, headerText(to), JSON.stringify({ ...to.claims(), ...more }));
/** The honest token with parts replaced after it was signed. */
const changed =
  (change: (parts: [string, string, string], to: BearerEnvironment) => string): Make =>
  async (to) =>
    change((await to.token()).split(".") as [string, string, string], to);
/** A token of the issuer that does not say `at+jwt`. */
const loose =
  (more: Record<string, unknown>, typ: string | undefined = "JWT"): Make =>
  (to) =>
    to.token({ iss: to.stranger.issuer, aud: "urn:loose", ...more }, { typ }, to.stranger.key);

const NEGATIVES: [name: string, make: Make, detail: string][] = [
  // Signature and key.
  ["signed by somebody else's key with the same ID", (to) => to.token({}, {}, foreign), "signature"],
  [
    "another payload under the same signature",
    changed(([h, , s], to) => [h, encoded(to.claims({ sub: "root" })), s].join(".")),
    "signature",
  ],
  [
    "another header under the same signature",
    changed(([, p, s], to) =>
      [encoded({ alg: "ES256", kid: to.issuer.key.kid, typ: "application/at+jwt" }), p, s].join("."),
    ),
    "signature",
  ],
  [
    "a signature of zeros (CVE-2022-21449)",
    changed(([h, p]) => [h, p, base64url.encode(new Uint8Array(64))].join(".")),
    "signature",
  ],
  [
    "a signature in DER",
    changed(([h, p]) => [h, p, base64url.encode(Buffer.from("3045022100", "hex"))].join(".")),
    "signature",
  ],
  ["a signature that is cut off", changed(([h, p, s]) => [h, p, s.slice(0, -2)].join(".")), "signature"],
  [
    "a signature with bytes after it",
    changed(([h, p, s]) =>
      [h, p, base64url.encode(Buffer.concat([Buffer.from(s, "base64url"), Buffer.alloc(3)]))].join("."),
    ),
    "signature",
  ],
  ["no signature", changed(([h, p]) => `${h}.${p}.`), "malformed"],
  ["alg none", (to) => new UnsecuredJWT(to.claims()).encode(), "malformed"],
  [
    "alg none with a signature",
    changed(([, p, s]) => [encoded({ alg: "none", typ: "at+jwt" }), p, s].join(".")),
    "algorithm",
  ],
  [
    "alg None in another case",
    changed(([, p, s]) => [encoded({ alg: "nOnE", typ: "at+jwt" }), p, s].join(".")),
    "algorithm",
  ],
  ["HS256 under the public key as PEM", (to) => asAccessToken(to, "pem"), "type typ"],
  ["HS256 under the public key as JWK, typed as an access token", (to) => hmacToken(to), "algorithm"],
  ["HS256 under an empty key", (to) => hmacToken(to, ""), "algorithm"],
  ["a key of an exponent that is too small", (to) => weaklySigned(to), "key"],
  ["an algorithm that does not fit the key", header({ alg: "ES256", kid: "rsa-1" }), "key"],
  [
    "an algorithm that the settings do not name",
    (to) => createSigningKey("ES384", "es384").then((key) => to.token({}, {}, key)),
    "algorithm",
  ],
  [
    "no algorithm",
    async (to) => signedText(to, `{"kid":"${to.issuer.key.kid}","typ":"at+jwt"}`, JSON.stringify(to.claims())),
    "malformed",
  ],
  [
    "an algorithm that is a list",
    async (to) => signedText(to, `{"alg":["ES256"],"typ":"at+jwt"}`, JSON.stringify(to.claims())),
    "malformed",
  ],
  ["an unknown key ID", header({ kid: "unknown" }), "key"],
  ["a key ID that is a path", header({ kid: "../../../../dev/null" }), "key"],
  ["a key ID that is SQL", header({ kid: "' UNION SELECT 'key' --" }), "key"],
  ["no key ID where several keys might fit", async (to) => to.token({}, { kid: undefined }, foreign), "signature"],
  [
    "its own key in the header (jwk)",
    async (to) => to.token({}, { jwk: await exportJWK(foreign.publicKey) }, foreign),
    "signature",
  ],
  [
    "the address of its own keys (jku)",
    (to) => to.token({}, { jku: `${to.stranger.issuer}/jwks` }, to.stranger.key),
    "signature",
  ],
  [
    "the address of its own certificate (x5u)",
    (to) => to.token({}, { x5u: "https://evil.example.com/cert" }, foreign),
    "signature",
  ],
  ["its own certificate (x5c)", (to) => to.token({}, { x5c: ["MIIB"] }, foreign), "signature"],
  [
    "critical header parameters",
    async (to) => signedText(to, headerText(to, ',"crit":["exp"]'), JSON.stringify(to.claims())),
    "malformed",
  ],
  [
    "an unencoded payload (RFC 7797)",
    async (to) => signedText(to, headerText(to, ',"b64":false,"crit":["b64"]'), JSON.stringify(to.claims())),
    "malformed",
  ],
  ["another issuer's key", (to) => to.token({}, {}, to.stranger.key), "signature"],
  [
    "another issuer's name under the honest key",
    (to) => to.token({ iss: to.stranger.issuer, aud: "urn:loose" }),
    "signature",
  ],

  // Encoding.
  ["base64url with unused bits", async (to) => withTrailingBits(await to.token()), "malformed"],
  ["base64 with padding", changed(([h, p, s]) => `${h}=.${p}.${s}`), "malformed"],
  [
    "base64 in place of base64url",
    async (to) =>
      (await signedText(to, headerText(to), JSON.stringify(to.claims({ sub: "ÿÿÿ>>>???" }))))
        .replace(/-/, "+")
        .replace(/_/, "/"),
    "malformed",
  ],
  ["a fourth part", changed((parts) => `${parts.join(".")}.x`), "malformed"],
  ["two parts", changed(([h, p]) => `${h}.${p}`), "malformed"],
  ["five parts, as an encrypted token has", changed(([h, p, s]) => `${h}.${p}.${s}.${p}.${s}`), "malformed"],
  ["an empty header", changed(([, p, s]) => `.${p}.${s}`), "malformed"],
  ["JSON serialization", async (to) => encoded({ payload: (await to.token()).split(".")[1] }), "malformed"],
  ["text that is no JSON", async (to) => signedText(to, headerText(to), "{sub:1}"), "malformed"],
  [
    "JSON with text after it",
    async (to) => signedText(to, headerText(to), `${JSON.stringify(to.claims())}{}`),
    "malformed",
  ],
  ["a list of claims", async (to) => signedText(to, headerText(to), JSON.stringify([to.claims()])), "malformed"],
  ["null for claims", async (to) => signedText(to, headerText(to), "null"), "malformed"],
  [
    "a claim that is there twice",
    async (to) => signedText(to, headerText(to), JSON.stringify(to.claims()).replace("{", '{"sub":"root",')),
    "malformed",
  ],
  [
    "a claim that is there twice, once escaped",
    async (to) => signedText(to, headerText(to), JSON.stringify(to.claims()).replace("{", '{"s\\u0075b":"root",')),
    "malformed",
  ],
  [
    "a header member that is there twice",
    async (to) => signedText(to, headerText(to, ',"alg":"ES256"'), JSON.stringify(to.claims())),
    "malformed",
  ],
  [
    "bytes that are no UTF-8",
    async (to) => {
      const payload = Buffer.from(JSON.stringify(to.claims({ name: "\xff" })), "latin1");
      const text = `${encoded(headerText(to))}.${payload.toString("base64url")}`;
      return `${text}.${await signature(to.issuer.key, text)}`;
    },
    "malformed",
  ],
  [
    "a byte order mark",
    async (to) => signedText(to, headerText(to), `\ufeff${JSON.stringify(to.claims())}`),
    "malformed",
  ],
  ["more than 8,192 characters", claims({ padding: "x".repeat(8_192) }), "too_large"],

  // Kind.
  ["an ID token", (to) => to.token({ nonce: "n", aud: AUDIENCE }, { typ: "JWT" }), "type typ"],
  ["no typ", header({ typ: undefined }), "type typ"],
  ["a logout token", header({ typ: "logout+jwt" }), "type typ"],
  ["a proof of a key (DPoP)", header({ typ: "dpop+jwt" }), "type typ"],
  [
    "a typ that is a list",
    async (to) =>
      signedText(to, `{"alg":"ES256","kid":"${to.issuer.key.kid}","typ":["at+jwt"]}`, JSON.stringify(to.claims())),
    "type typ",
  ],
  ["an ID token of an issuer without at+jwt", loose({ nonce: "n" }), "type nonce"],
  ["an ID token that belongs to an access token", loose({ at_hash: "x" }), "type at_hash"],
  ["an ID token that belongs to a code", loose({ c_hash: "x" }), "type c_hash"],
  ["a security event token", loose({ events: {} }), "type events"],
  ["a refresh token of an issuer without at+jwt", loose({}, "refresh+jwt"), "type typ"],
  ["a token bound to a key (DPoP)", claims({ cnf: { jkt: "x" } }), "sender_constrained"],
  ["a token bound to a certificate", claims({ cnf: { "x5t#S256": "x" } }), "sender_constrained"],

  // Issuer and audience.
  ["an unknown issuer", claims({ iss: "https://evil.example.com" }), "issuer"],
  ["the issuer with a slash", claims((to) => ({ iss: `${to.issuer.issuer}/` })), "issuer"],
  ["the issuer in another case", claims((to) => ({ iss: to.issuer.issuer.toUpperCase() })), "issuer"],
  ["an issuer that only begins alike", claims((to) => ({ iss: `${to.issuer.issuer}.evil.example.com` })), "issuer"],
  [
    "no issuer",
    (to) => {
      const { iss: _, ...rest } = to.claims();
      return signedText(to, headerText(to), JSON.stringify(rest));
    },
    "issuer",
  ],
  ["an issuer that is a list", odd({ iss: ["x"] }), "issuer"],
  ["another API's audience", claims({ aud: "https://other.example.com" }), "audience"],
  ["no audience", claims({ aud: undefined as never }), "claims aud"],
  ["an empty list of audiences", claims({ aud: [] }), "audience"],
  ["the audience with a slash", claims({ aud: `${AUDIENCE}/` }), "audience"],
  ["an audience that is an object", odd({ aud: { [AUDIENCE]: true } }), "claims aud"],
  ["an audience among things that are no texts", odd({ aud: [AUDIENCE, 1] }), "claims aud"],
  ["the client ID in place of the audience", claims({ aud: "client" }), "audience"],

  // Times.
  ["expired", claims((to) => ({ exp: to.clock.now() - 61 })), "expired"],
  ["no expiry", claims({ exp: undefined as never }), "claims exp"],
  ["an expiry that is a text", odd({ exp: "9999999999" }), "claims exp"],
  ["an expiry that is null", odd({ exp: null }), "claims exp"],
  ["an expiry that is a list", odd({ exp: [9_999_999_999] }), "claims exp"],
  [
    "an expiry that is too large a number",
    (to) => signedText(to, headerText(to), JSON.stringify(to.claims()).replace(/"exp":\d+/, '"exp":1e999')),
    "claims exp",
  ],
  ["a negative expiry", odd({ exp: -1 }), "claims exp"],
  ["not valid yet (nbf)", claims((to) => ({ nbf: to.clock.now() + 120 })), "not_yet_valid"],
  ["a start that is a text", odd({ nbf: "0" }), "claims nbf"],
  ["issued in the future", claims((to) => ({ iat: to.clock.now() + 120 })), "not_yet_valid"],
  ["issued at a text", odd({ iat: "1" }), "claims iat"],

  // Subject.
  ["no subject", claims({ sub: undefined as never }), "claims sub"],
  ["an empty subject", claims({ sub: "" }), "claims sub"],
  ["a subject that is a number", odd({ sub: 1 }), "claims sub"],
  ["a subject that is a list", odd({ sub: ["caller"] }), "claims sub"],

  // Not a JWT.
  ["a session token", () => "2.k1.alice00000000001~x.".padEnd(80, "A"), "malformed"],
  ["an opaque token", () => "SlAV32hkKG".repeat(4), "malformed"],
  ["an unknown service token", () => `egs_${"a".repeat(16)}_${"b".repeat(43)}`, "service_token unknown"],
];

function weaklySigned(to: BearerEnvironment): string {
  const text = [{ alg: "RS256", kid: "weak", typ: "at+jwt" }, to.claims()].map(encoded).join(".");
  return `${text}.${sign("sha256", Buffer.from(text), weak.privateKey).toString("base64url")}`;
}

async function asAccessToken({ issuer, claims: of }: BearerEnvironment, form: "pem" | "jwk"): Promise<string> {
  return forgeWithPublicKey(of(), issuer.key, form);
}

async function hmacToken(
  { issuer, claims: of }: BearerEnvironment,
  secret = JSON.stringify(issuer.key.jwk),
): Promise<string> {
  const text = `${encoded({ alg: "HS256", kid: issuer.key.kid, typ: "at+jwt" })}.${encoded(of())}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

test.each(NEGATIVES)("%s", async (_, make, detail) => {
  const answer = await environment.ask({ token: await make(environment) });
  expect(answer.status).toBe(401);
  expect(answer.headers["www-authenticate"]).toBe('Bearer realm="gate", error="invalid_token"');
  expect(answer.headers["content-type"]).toBe("application/problem+json");
  expect(answer.headers["cache-control"]).toContain("no-store");
  expect(JSON.parse(answer.body)).toEqual({ status: 401, title: "Token refused", requestId: answer.requestId });
  expect(await environment.lineAbout(answer)).toEqual({
    endpoint: "bearer",
    outcome: "token_refused",
    status: 401,
    detail,
  });
});

test("the table has as many as were promised, and an honest token is accepted beside them", async () => {
  expect(new Set(NEGATIVES.map(([name]) => name)).size).toBe(NEGATIVES.length);
  expect(NEGATIVES.length).toBeGreaterThanOrEqual(60);
  expect((await environment.ask({ token: await environment.token() })).status).toBeUndefined();
  const honest = await environment.token(
    { iss: environment.stranger.issuer, aud: "urn:loose" },
    { typ: "JWT" },
    environment.stranger.key,
  );
  expect((await environment.ask({ token: honest })).status).toBeUndefined();
  const plain = await new SignJWT(environment.claims())
    .setProtectedHeader({ alg: "RS256", kid: "rsa-1", typ: "application/AT+JWT" })
    .sign(rsa.privateKey);
  expect((await environment.ask({ token: plain })).status).toBeUndefined();
});
