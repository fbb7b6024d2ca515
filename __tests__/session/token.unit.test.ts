import {
  decodePayload,
  EDGE_TOKEN_VERSION,
  MAX_TOKEN_LENGTH,
  mintToken,
  numberIn,
  SESSION_TOKEN_VERSION,
  splitToken,
  userId,
  type Session,
} from "../../session/token";
import { createHash } from "node:crypto";
import { hmac } from "../../session/node-hash";

const SESSION: Session = {
  uid: "alice00000000001",
  sid: "AliceSession0001",
  issuedAt: 1_800_000_000,
  expiresAt: 1_800_000_900,
  mark: 1000,
  floor: "0tro8w0",
  authTime: 1_799_999_999,
  idp: "main",
  strength: "urn:acr:mfa",
  roles: ["admin", "staff"],
  email: "a+b@example.com",
  claims: { department: ["Süd"] },
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
  "2.k1.x.y",
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
  const token =
    "2.k1.alice00000000001~AliceSession0001~0tro8w0~tro9l0~3381~00000rs~0tro8w0~tro8vz~main~urn:acr:mfa~admin!staff~a%2Bb@example.com~department~S%C3%BCd." +
    "v0IFGwieliamevjNSRVLs75_RQClPHnl6GNL96c4GG0";
  expect(mintToken(hmac, KEY, "k1", SESSION)).toBe(token);
});

test("the MAC covers everything before it, the dot included", () => {
  const seen: string[][] = [];
  const token = mintToken((...args) => `${seen.push(args)}`.padEnd(43, "M"), KEY, "k1", SESSION);
  expect(seen).toEqual([[KEY, token.slice(0, -43)]]);
  expect(splitToken(token)).toEqual({
    kid: "k1",
    signed: token.slice(0, -43),
    payload: token.slice(5, -44),
    mac: token.slice(-43),
  });
});

describe.each(["k", "k1", "abcdefgh"])("a token under %s", (kid) => {
  test.each(ODD_TEXTS)("brings back %j in every text", (text) => {
    const session = {
      ...SESSION,
      strength: text,
      email: text,
      claims: { department: [text], "urn:x/y": [text, text, ""] },
    };
    const token = mintToken(hmac, KEY, kid, session);
    expect(read(token)).toEqual(session);
    // What a cookie (RFC 6265 section 4.1.1) and a header take as they are.
    expect(token).toMatch(/^[\w.@:/%!~-]+$/);
  });

  test.each([
    [[]],
    [["admin"]],
    [["a", "b", "ops@example.com", "team:a/b.c-d"]],
    [["/staff", "Domain Users", "Ärzte", "cn=a,ou=b", "a!b~c.d%e", "東京 😀"]],
  ])("brings back the roles %j", (roles) => {
    expect(read(mintToken(hmac, KEY, kid, { ...SESSION, roles })).roles).toEqual(roles);
  });

  test.each([0, 1, 2 ** 31, 2 ** 32, 36 ** 7 - 1])("brings back the time %d", (time) => {
    const times = { issuedAt: time, expiresAt: time, authTime: time, mark: time };
    expect(read(mintToken(hmac, KEY, kid, { ...SESSION, ...times }))).toMatchObject(times);
  });
});

test("a typical token is well below 400 characters", () => {
  expect(mintToken(hmac, KEY, "k1", SESSION).length).toBeLessThan(200);
});

const MAC = "M".repeat(43);

test.each<[name: string, token: string, kid: string | undefined]>([
  ["the shortest key id", `2.k.p.${MAC}`, "k"],
  ["a key id", `2.k1.p.${MAC}`, "k1"],
  ["the longest key id", `2.abcdefgh.p.${MAC}`, "abcdefgh"],
  ["a longer key id than there is", `2.abcdefghi.p.${MAC}`, undefined],
  ["the longest token", `2.k1.${"p".repeat(MAX_TOKEN_LENGTH - 49)}.${MAC}`, "k1"],
  ["a longer token", `2.k1.${"p".repeat(MAX_TOKEN_LENGTH - 48)}.${MAC}`, undefined],
  ["version 1", `1.k1.17.p.${MAC}`, undefined],
  ["the version of an edge token", `3.k1.p.${MAC}`, undefined],
  ["a later version", `4.k1.p.${MAC}`, undefined],
  ["a blank before the version", ` 2.k1.p.${MAC}`, undefined],
  ["no version", `k1.p.${MAC}`, undefined],
  ["no key id", `2..p.${MAC}`, undefined],
  ["the version only", "2.", undefined],
  ["one character", "2", undefined],
  ["nothing", "", undefined],
])("a token with %s", (_, token, kid) => {
  expect(splitToken(token)?.kid).toBe(kid);
});

describe("an edge token", () => {
  const edge = mintToken(hmac, KEY, "k1", SESSION, EDGE_TOKEN_VERSION);
  const session = mintToken(hmac, KEY, "k1", SESSION, SESSION_TOKEN_VERSION);

  test("brings back the session", () => {
    expect(edge).toMatch(/^3\.k1\./);
    expect(decodePayload(splitToken(edge, EDGE_TOKEN_VERSION)!.payload)).toEqual(SESSION);
  });

  test("is none where a session token is expected, and the other way around", () => {
    expect(splitToken(edge, SESSION_TOKEN_VERSION)).toBeUndefined();
    expect(splitToken(session, EDGE_TOKEN_VERSION)).toBeUndefined();
  });

  test("has another MAC than the session token of the same session", () => {
    expect(edge.slice(1, -43)).toBe(session.slice(1, -43));
    expect(edge.slice(-43)).not.toBe(session.slice(-43));
  });
});

describe.each(["issuedAt", "expiresAt", "mark", "authTime"] as const)("the number %s", (name) => {
  // Each of them is a number in base 36: "infinity" is one of the year 45,000.
  test.each([NaN, Infinity, -Infinity, -1, 1.5])("is never %d", (number) => {
    expect(() => mintToken(hmac, KEY, "k1", { ...SESSION, [name]: number })).toThrow(RangeError);
  });
});

test.each(["", "0", "000000", "00000000", "0TRO8W0", "-000001", "undefined"])("the floor is never %j", (floor) => {
  expect(() => mintToken(hmac, KEY, "k1", { ...SESSION, floor })).toThrow(RangeError);
});

test("a token without mark and floor has nothing in their places", () => {
  const token = mintToken(hmac, KEY, "k1", { ...SESSION, mark: 0, floor: "0000000" });
  expect(token).toContain("~3381~~~tro8vz");
  expect(read(token)).toMatchObject({ mark: 0, floor: "0000000" });
});

test.each<[string | undefined, number]>([
  ["0", 0],
  ["tro8w0", 1_800_000_000],
  ["0tro8w0", 1_800_000_000],
  [undefined, NaN],
  ["", NaN],
  ["!", NaN],
])("%j in a payload is the number %d", (text, number) => {
  expect(numberIn(text)).toBe(number);
});

test("a user's id is the beginning of a digest of issuer and subject", () => {
  const sha256 = (text: string) => createHash("sha256").update(text).digest("base64url");
  expect(userId(sha256, "https://login.example.com", "subject-1")).toBe("l0EeUHx26efUujaT");
  // The line break keeps them apart.
  expect(userId(sha256, "https://login.example.coms", "ubject-1")).not.toBe("l0EeUHx26efUujaT");
});
