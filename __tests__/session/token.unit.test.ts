import { hmacText } from "../../local/hmac";
import { decodePayload, MAX_TOKEN_LENGTH, mintToken, splitToken, userId, type Session } from "../../session/token";
import { createHash } from "node:crypto";

const SESSION: Session = {
  uid: "alice00000000001",
  sid: "AliceSession0001",
  issuedAt: 1_800_000_000,
  expiresAt: 1_800_000_900,
  authTime: 1_799_999_999,
  idp: "main",
  strength: "urn:acr:mfa",
  roles: ["admin", "staff"],
  email: "a+b@example.com",
  claims: { department: "Süd" },
};
const KEY = "akReuZbD6UOvjRsYxh-ogeq0CGy2HvLnLDXwYhpXnjY";

/** Texts of every kind that an identity provider may send. */
const ODD_TEXTS = [
  "",
  " ",
  "~",
  "!",
  ".",
  "a~b!c.d%e",
  "%7E",
  "%",
  "1.k1.17.x.y",
  "o'brien (ops)*",
  "a\r\nb: c\0d",
  "Süd – 東京 😀",
  '"<script>&;,=',
  "undefined",
  "__proto__",
  "\\/:@_-",
  "x".repeat(500),
  Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).join(""),
];

/** The session that a token says, in the way of the edges: split, then decoded. */
function read(token: string): Session {
  return decodePayload(splitToken(token)!.payload);
}

// Computed apart from this project: a token that was minted before an update must be good after it.
test("a token has the documented form and MAC", () => {
  const token = "1.k1.17.alice00000000001~AliceSession0001~tro8w0~tro9l0~tro8vz~main~urn:acr:mfa~admin!staff~a%2Bb@example.com~department~S%C3%BCd." +
    "Jtz3w_lAgU2ckU8Eca8GrWKdf3cH6T1iYjrjXs2-aTE";
  expect(mintToken(hmacText, KEY, "k1.17", SESSION)).toBe(token);
});

test("the MAC covers everything before it, the dot included", () => {
  const seen: string[][] = [];
  const token = mintToken((...args) => `${seen.push(args)}`.padEnd(43, "M"), KEY, "k1.17", SESSION);
  expect(seen).toEqual([[KEY, token.slice(0, -43)]]);
  expect(splitToken(token)).toEqual({ recordKey: "k1.17", signed: token.slice(0, -43), payload: token.slice(8, -44), mac: token.slice(-43) });
});

describe.each(["k1.0", "abcdefgh.4095"])("a token under %s", (recordKey) => {
  test.each(ODD_TEXTS)("brings back %j in every text", (text) => {
    const session = { ...SESSION, strength: text, email: text, claims: { department: text, "urn:x/y": text } };
    const token = mintToken(hmacText, KEY, recordKey, session);
    expect(read(token)).toEqual(session);
    // What a cookie (RFC 6265 section 4.1.1) and a header take as they are.
    expect(token).toMatch(/^[\w.@:/%!~-]+$/);
  });

  test.each([[[]], [["admin"]], [["a", "b", "ops@example.com", "team:a/b.c-d"]]])("brings back the roles %j", (roles) => {
    expect(read(mintToken(hmacText, KEY, recordKey, { ...SESSION, roles })).roles).toEqual(roles);
  });

  test.each([0, 1, 2 ** 31, 2 ** 32, 99_999_999_999])("brings back the time %d", (time) => {
    const times = { issuedAt: time, expiresAt: time, authTime: time };
    expect(read(mintToken(hmacText, KEY, recordKey, { ...SESSION, ...times }))).toMatchObject(times);
  });
});

test("a typical token is well below 400 characters", () => {
  expect(mintToken(hmacText, KEY, "k1.17", SESSION).length).toBeLessThan(200);
});

const MAC = "M".repeat(43);

test.each<[name: string, token: string, recordKey: string | undefined]>([
  ["the shortest key", `1.k.0.${MAC}`, "k.0"],
  ["a key", `1.k1.17.p.${MAC}`, "k1.17"],
  ["the longest key", `1.abcdefgh.4095.p.${MAC}`, "abcdefgh.4095"],
  ["a longer key than there is", `1.abcdefgh1.4095.p.${MAC}`, undefined],
  ["the longest token", `1.k1.17.${"p".repeat(MAX_TOKEN_LENGTH - 52)}.${MAC}`, "k1.17"],
  ["a longer token", `1.k1.17.${"p".repeat(MAX_TOKEN_LENGTH - 51)}.${MAC}`, undefined],
  ["another version", `2.k1.17.p.${MAC}`, undefined],
  ["a blank before the version", ` 1.k1.17.p.${MAC}`, undefined],
  ["no version", `k1.17.p.${MAC}`, undefined],
  ["no key", `1.${MAC}`, undefined],
  ["half of a key", `1.k1.${MAC}`, undefined],
  ["a key without a key id", `1..0.${MAC}`, undefined],
  ["the version only", "1.", undefined],
  ["one character", "1", undefined],
  ["nothing", "", undefined],
])("a token with %s", (_, token, recordKey) => {
  expect(splitToken(token)?.recordKey).toBe(recordKey);
});

test("a user's id is the beginning of a digest of issuer and subject", () => {
  const sha256 = (text: string) => createHash("sha256").update(text).digest("base64url");
  expect(userId(sha256, "https://login.example.com", "subject-1")).toBe("l0EeUHx26efUujaT");
  // The line break keeps them apart.
  expect(userId(sha256, "https://login.example.coms", "ubject-1")).not.toBe("l0EeUHx26efUujaT");
});
