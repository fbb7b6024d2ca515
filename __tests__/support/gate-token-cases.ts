/** Which tokens the gate believes, and what the store can say about them. */
import { hmacText } from "../../local/hmac";
import { cookieKey } from "../../session/keys";
import { MAX_TOKEN_LENGTH } from "../../session/token";
import { denies, passesWith, signsIn, type GateCase } from "./gate-case";
import { ALICE, ALICE_HEADERS, BOB, MASTER_KEYS, NOW, recordKeyOf, recordOfAlice, signed, signingKeyOf, storeWith, token } from "./gate-sessions";

const TOKEN = token();
const [HEAD, PAYLOAD, MAC] = [`1.${recordKeyOf(ALICE)}`, TOKEN.split(".").slice(3, -1).join("."), TOKEN.slice(-43)] as const;
const KEY = signingKeyOf(ALICE);
const passes = passesWith(ALICE_HEADERS);

/** The token of a claim that is so long that the token has `length` characters. */
function tokenOf(length: number): string {
  const claims = (value: string) => ({ project: value });
  return token({ claims: claims("x".repeat(length - token({ claims: claims("") }).length)) });
}

/** The MAC with another character of base64url at one place. */
function otherMac(at: number, to = MAC[at] === "A" ? "B" : "A"): string {
  return `${HEAD}.${PAYLOAD}.${MAC.slice(0, at)}${to}${MAC.slice(at + 1)}`;
}

/** The last character carries four bits: with its two unused bits set it decodes to the same bytes. */
function sameBytes(): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return otherMac(42, alphabet[alphabet.indexOf(MAC[42]!) + 1]!);
}

const GENUINE: GateCase[] = [
  ["a living session passes", { session: TOKEN }, passes],
  ["a session under the other living key passes", { session: token({}, "k2") }, passes],
  ["a session in another shard passes", { session: token(BOB) }, passesWith({ "x-gate-user": BOB.uid, "x-gate-session": BOB.sid, "x-gate-email": BOB.email })],
  ["the longest token passes", { session: tokenOf(MAX_TOKEN_LENGTH) }, passes],
  ["fields of a newer version are ignored", { session: token({ claims: { "new-field": "1", other: "2" } }) }, passes],
  ["a session that ends with this second is over", { session: token({ expiresAt: NOW }) }, signsIn("expired")],
  ["a session that ended a second ago is over", { session: token({ expiresAt: NOW - 1 }) }, signsIn("expired")],
  ["a session from 1970 is over", { session: token({ expiresAt: 0 }) }, signsIn("expired")],
  ["a session whose end is no number is over", { session: signed(`${HEAD}.${ALICE.uid}~${ALICE.sid}~0~!~0~main~~~`) }, signsIn("expired")],
  ["a session with an empty end is over", { session: signed(`${HEAD}.${ALICE.uid}~${ALICE.sid}~0~~0~main~~~`) }, signsIn("expired")],
];

const FORGED: GateCase[] = [
  ...[0, 1, 10, 21, 41, 42].map((at): GateCase => [`another character ${at} of the MAC`, { session: otherMac(at) }, signsIn("mac")]),
  ["a MAC that decodes to the same bytes", { session: sameBytes() }, signsIn("mac")],
  ["a MAC in the other case", { session: `${HEAD}.${PAYLOAD}.${MAC.replace(/[a-z]/gi, (c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()))}` }, signsIn("mac")],
  ["a MAC of one repeated character", { session: `${HEAD}.${PAYLOAD}.${"A".repeat(43)}` }, signsIn("mac")],
  ["another token's MAC", { session: `${HEAD}.${PAYLOAD}.${token({ sid: BOB.sid }).slice(-43)}` }, signsIn("mac")],
  ["a changed user", { session: TOKEN.replace(ALICE.uid, BOB.uid) }, signsIn("mac")],
  ["a later end", { session: TOKEN.replace(ALICE.expiresAt.toString(36), (NOW + 9000).toString(36)) }, signsIn("mac")],
  ["an added role", { session: TOKEN.replace("~~~", "~~admin~"), path: "/admin/x" }, signsIn("mac", "/admin/x")],
  ["a character more in the payload", { session: `${HEAD}.${PAYLOAD}x.${MAC}` }, signsIn("mac")],
  ["a character less in the payload", { session: `${HEAD}.${PAYLOAD.slice(0, -1)}.${MAC}` }, signsIn("mac")],
  ["another user's payload under the own MAC", { session: `${HEAD}.${token(BOB).split(".").slice(3).join(".").slice(0, -44)}.${MAC}` }, signsIn("mac")],
  ["another character before the MAC", { session: `${HEAD}.${PAYLOAD}~${MAC}` }, signsIn("mac")],
  ["another character after the version", { session: TOKEN.replace("1.", "1x") }, signsIn("mac")],
  ["a token under another shard's name", { session: TOKEN.replace(HEAD, `1.${recordKeyOf(BOB)}`) }, signsIn("mac")],
  ["a token that another shard's key signed", { session: signed(`${HEAD}.${PAYLOAD}`, signingKeyOf(BOB)) }, signsIn("mac")],
  ["a token that the other living key signed", { session: signed(`${HEAD}.${PAYLOAD}`, signingKeyOf(ALICE, "k2")) }, signsIn("mac")],
  ["a token under the other living key's name", { session: TOKEN.replace("1.k1.", "1.k2.") }, signsIn("mac")],
  ["a token that the master key signed", { session: signed(`${HEAD}.${PAYLOAD}`, MASTER_KEYS.k1) }, signsIn("mac")],
  ["a token that the cookie key signed", { session: signed(`${HEAD}.${PAYLOAD}`, cookieKey(hmacText, MASTER_KEYS.k1)) }, signsIn("mac")],
  ["a token that no key signed", { session: signed(`${HEAD}.${PAYLOAD}`, "") }, signsIn("mac")],
  ["a token that the whole record signed", { session: signed(`${HEAD}.${PAYLOAD}`, `${KEY}.`) }, signsIn("mac")],
  ["an unknown key id", { session: signed(`1.k9.1.${PAYLOAD}`) }, signsIn("key")],
  ["an unknown shard", { session: signed(`1.k1.4095.${PAYLOAD}`) }, signsIn("key")],
  ["a record key with a sign before it", { session: TOKEN.replace("1.k1", "1. k1") }, signsIn("key")],
  ["a key id that is a name of the language", { session: signed(`1.toString.0.${PAYLOAD}`) }, signsIn("key")],
  ["a key id that is the prototype's name", { session: signed(`1.__proto__.0.${PAYLOAD}`) }, signsIn("key")],
];

/** By what the gate finds wrong: no form of a token, or a MAC that is not its own. */
const MALFORMED: GateCase[] = (
  [
    ["an empty cookie", "", "form"],
    ["one character", "1", "form"],
    ["the version only", "1.", "form"],
    ["dots only", `1${".".repeat(80)}`, "form"],
    ["no record key", signed(`1..${PAYLOAD.replaceAll(".", "")}`), "form"],
    ["a longer record key than there is", signed(`1.k12345678.4095.${PAYLOAD}`), "form"],
    ["a token in quotation marks", `"${TOKEN}"`, "form"],
    ["version 0", TOKEN.replace("1.", "0."), "form"],
    ["version 2", TOKEN.replace("1.", "2."), "form"],
    ["a JSON Web Token", `eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.${MAC}`, "form"],
    ["a token a character too long", tokenOf(MAX_TOKEN_LENGTH + 1), "form"],
    ["a token of 8 KB", tokenOf(8192), "form"],
    ["a record key only", `${HEAD}.`, "mac"],
    ["a MAC only, behind its record key", `${HEAD}.${MAC}`, "mac"],
    ["a token without its MAC", `${HEAD}.${PAYLOAD}`, "mac"],
    ["a token with an empty MAC", `${HEAD}.${PAYLOAD}.`, "mac"],
    ["a MAC without its first character", `${HEAD}.${PAYLOAD}.${MAC.slice(1)}`, "mac"],
    ["a MAC without its last character", TOKEN.slice(0, -1), "mac"],
    ["a MAC with a character more", `${TOKEN}A`, "mac"],
    ["a padded MAC", `${TOKEN}=`, "mac"],
    ["no dot before the MAC", `${HEAD}.${PAYLOAD}${MAC}`, "mac"],
    ["half of a token", TOKEN.slice(0, TOKEN.length / 2), "mac"],
    ["a token beyond ASCII", TOKEN.replace(ALICE.sid, "S\u00fcd\u6771"), "mac"],
  ] as const
).map(([name, session, why]) => [name, { session }, signsIn(why)]);

const TWO_COOKIES: GateCase[] = [
  ["two different sessions", { session: TOKEN, cookies: `__Host-gate=${token(BOB)}` }, signsIn("several")],
  ["the same session twice", { session: TOKEN, cookies: `__Host-gate=${TOKEN}` }, signsIn("several")],
  ["a session after an empty cookie", { session: "", cookies: `__Host-gate=${TOKEN}` }, signsIn("several")],
];

const STORE: GateCase[] = [
  ["a store that cannot be reached", { session: TOKEN, fault: "error" }, denies("store")],
  ["a store that cannot be reached, for a program", { session: TOKEN, fault: "error", client: "program" }, denies("store", "problem")],
  ["a store that cannot be reached, for a forged token", { session: otherMac(0), fault: "error" }, denies("store")],
  ["a store that nobody has to ask", { fault: "error" }, signsIn("none")],
  ["an empty store", { session: TOKEN, records: {} }, signsIn("key")],
  ["an empty record", { session: TOKEN, records: storeWith("") }, signsIn("mac")],
  ["an empty record and a token that no key signed", { session: signed(`${HEAD}.${PAYLOAD}`, ""), records: storeWith("") }, signsIn("revoked")],
  ["a record of one dot and a token that it signed", { session: signed(`${HEAD}.${PAYLOAD}`, "."), records: storeWith(".") }, signsIn("revoked")],
  ["a record without its separator", { session: TOKEN, records: storeWith(KEY) }, signsIn("revoked")],
  ["a record whose separator was lost between entries", { session: TOKEN, records: storeWith(`${KEY}abcdef`) }, signsIn("revoked")],
  ["a record whose key lost a character", { session: TOKEN, records: storeWith(`${KEY.slice(1)}.`) }, signsIn("mac")],
  ["a record whose key is short, and a token that this key signed", { session: signed(`${HEAD}.${PAYLOAD}`, `${KEY.slice(1)}.`), records: storeWith(`${KEY.slice(1)}.`) }, signsIn("revoked")],
];

const CUT = (time: number, uid = ALICE.uid) => ({ uid, time });

/** Records with revocations; "passes" where none of them is for Alice's session. */
const REVOCATIONS: GateCase[] = (
  [
    ["her session is revoked", recordOfAlice({ revokedSessions: [ALICE.sid] }), "revoked"],
    ["her session is the last of 163", recordOfAlice({ revokedSessions: [...Array<string>(162).fill("zzzzzz"), ALICE.sid] }), "revoked"],
    ["her session is between others", recordOfAlice({ revokedSessions: ["aaaaaa", ALICE.sid, "zzzzzz"] }), "revoked"],
    ["her session follows a misaligned look-alike", recordOfAlice({ revokedSessions: ["xxxAli", "ceSxxx", ALICE.sid] }), "revoked"],
    ["another session is revoked", recordOfAlice({ revokedSessions: [BOB.sid] }), "passes"],
    ["a session differs in the case of one letter", recordOfAlice({ revokedSessions: ["aliceS"] }), "passes"],
    ["two neighbours make up her session", recordOfAlice({ revokedSessions: ["xxxAli", "ceSxxx"] }), "passes"],
    ["her session's name stands among the cut-offs", recordOfAlice({ cutoffs: [CUT(NOW, ALICE.sid)] }), "passes"],
    ["her own name stands among the sessions", recordOfAlice({ revokedSessions: [ALICE.uid] }), "passes"],
    ["she is cut off a second before she signed in", recordOfAlice({ cutoffs: [CUT(ALICE.issuedAt - 1)] }), "passes"],
    ["she is cut off in the second in which she signed in", recordOfAlice({ cutoffs: [CUT(ALICE.issuedAt)] }), "revoked"],
    ["she is cut off a second after she signed in", recordOfAlice({ cutoffs: [CUT(ALICE.issuedAt + 1)] }), "revoked"],
    ["she is cut off in the future", recordOfAlice({ cutoffs: [CUT(NOW + 86_400)] }), "revoked"],
    ["she is cut off twice, both times before", recordOfAlice({ cutoffs: [CUT(ALICE.issuedAt - 9), CUT(ALICE.issuedAt - 5)] }), "passes"],
    ["she is cut off before, then after", recordOfAlice({ cutoffs: [CUT(ALICE.issuedAt - 9), CUT(NOW)] }), "revoked"],
    ["she is cut off after, then before", recordOfAlice({ cutoffs: [CUT(NOW), CUT(ALICE.issuedAt - 9)] }), "revoked"],
    ["she is the last of 75 who are cut off", recordOfAlice({ cutoffs: [...Array<ReturnType<typeof CUT>>(74).fill(CUT(NOW, BOB.uid)), CUT(NOW)] }), "revoked"],
    ["another user is cut off", recordOfAlice({ cutoffs: [CUT(NOW, BOB.uid)] }), "passes"],
    ["her name crosses two entries", `${KEY}.xxxxxx0000ali` + "ce0xxx0000000", "passes"],
    ["her cut-off follows a misaligned look-alike", `${KEY}.xxxxxxxalice0` + `alice0${NOW.toString(36).padStart(7, "0")}`, "revoked"],
    ["the time of her cut-off is unreadable", `${KEY}.alice0~~~~~~~`, "revoked"],
    ["the time of her cut-off is missing", `${KEY}.alice0`, "revoked"],
    ["another session is revoked and she is cut off", recordOfAlice({ revokedSessions: [BOB.sid], cutoffs: [CUT(NOW)] }), "revoked"],
    ["her session is revoked and another user is cut off", recordOfAlice({ revokedSessions: [ALICE.sid], cutoffs: [CUT(NOW, BOB.uid)] }), "revoked"],
    ["many others are revoked and cut off", recordOfAlice({ revokedSessions: Array<string>(80).fill("zzzzzz"), cutoffs: Array<ReturnType<typeof CUT>>(36).fill(CUT(NOW, BOB.uid)) }), "passes"],
  ] as const
).map(([name, record, outcome]) => [name, { session: TOKEN, records: storeWith(record) }, outcome === "passes" ? passes : signsIn("revoked")]);

/** The key of the shard is no list of revoked sessions. */
const LOOKS_REVOKED: GateCase = [
  "a session whose name is in the shard's key",
  { session: token({ sid: KEY.slice(0, 16) }), records: storeWith(recordOfAlice({ revokedSessions: [BOB.sid] })) },
  passesWith({ ...ALICE_HEADERS, "x-gate-session": KEY.slice(0, 16) }),
];

export const TOKEN_CASES: GateCase[] = [...GENUINE, ...FORGED, ...MALFORMED, ...TWO_COOKIES, ...STORE, ...REVOCATIONS, LOOKS_REVOKED];
