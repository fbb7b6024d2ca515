/** Which tokens the gate believes, and what the store can say about them. */
import { cookieKey } from "../../../session/keys";
import { hmac } from "../../../session/node-hash";
import { encodeKeyRecord, markText, NO_FLOOR, shardOf } from "../../../session/shard";
import { MAX_TOKEN_LENGTH } from "../../../session/token";
import { after, denies, passesWith, signsIn, type GateCase } from "./case";
import {
  ALICE,
  ALICE_HEADERS,
  BOB,
  MASTER_KEYS,
  NOW,
  shardRecord,
  signed,
  storeOfShards,
  storeWith,
  storeWithKey,
  token,
  TOKEN_KEYS,
} from "./sessions";

const TOKEN = token();
const HEAD = "2.k1";
const [PAYLOAD, MAC] = [TOKEN.slice(HEAD.length + 1, -44), TOKEN.slice(-43)];
const KEY = TOKEN_KEYS.k1;
const SHARD = shardOf(ALICE.uid);
const passes = passesWith(ALICE_HEADERS);
const passesAfterTwo = after(2, passes);

/** The token of a claim that is so long that the token has `length` characters. */
function tokenOf(length: number): string {
  const claims = (value: string) => ({ project: [value] });
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
  ["an active session passes", { session: TOKEN }, passes],
  ["a session under the other active key passes", { session: token({}, "k2") }, passes],
  [
    "a session in another shard passes",
    { session: token(BOB) },
    passesWith({ "x-gate-user": BOB.uid, "x-gate-session": BOB.sid, "x-gate-email": BOB.email }),
  ],
  ["the longest token passes", { session: tokenOf(MAX_TOKEN_LENGTH) }, passes],
  [
    "fields of a newer version are ignored",
    { session: token({ claims: { "new-field": ["1"], other: ["2"] } }) },
    passes,
  ],
  ["a session that ends in this second has expired", { session: token({ expiresAt: NOW }) }, signsIn("expired")],
  ["a session that ended a second ago has expired", { session: token({ expiresAt: NOW - 1 }) }, signsIn("expired")],
  ["a session from 1970 has expired", { session: token({ expiresAt: 0 }) }, signsIn("expired")],
  [
    "a session whose end is not a number has expired",
    { session: signed(`${HEAD}.${ALICE.uid}~${ALICE.sid}~0~!~0~0000000~0~main~~~`) },
    signsIn("expired"),
  ],
  [
    "a session with an empty end has expired",
    { session: signed(`${HEAD}.${ALICE.uid}~${ALICE.sid}~0~~0~0000000~0~main~~~`) },
    signsIn("expired"),
  ],
  [
    "a session that stops before its end has expired",
    { session: signed(`${HEAD}.${ALICE.uid}~${ALICE.sid}~0`) },
    signsIn("expired"),
  ],
  [
    "an expired session of a shard with a record is refused after one read",
    { session: token({ expiresAt: NOW - 1 }), records: storeWith(shardRecord()) },
    signsIn("expired"),
  ],
];

const FORGED: GateCase[] = [
  ...[0, 1, 10, 21, 41, 42].map((at): GateCase => [
    `another character ${at} of the MAC`,
    { session: otherMac(at) },
    signsIn("mac"),
  ]),
  ["a MAC that decodes to the same bytes", { session: sameBytes() }, signsIn("mac")],
  [
    "a MAC in the other case",
    {
      session: `${HEAD}.${PAYLOAD}.${MAC.replace(/[a-z]/gi, (c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()))}`,
    },
    signsIn("mac"),
  ],
  ["a MAC of one repeated character", { session: `${HEAD}.${PAYLOAD}.${"A".repeat(43)}` }, signsIn("mac")],
  ["another token's MAC", { session: `${HEAD}.${PAYLOAD}.${token({ sid: BOB.sid }).slice(-43)}` }, signsIn("mac")],
  ["a changed user", { session: TOKEN.replace(ALICE.uid, BOB.uid) }, signsIn("mac")],
  ["a later end", { session: TOKEN.replace(ALICE.expiresAt.toString(36), (NOW + 9000).toString(36)) }, signsIn("mac")],
  ["an added role", { session: TOKEN.replace("~~~", "~~admin~"), path: "/admin/x" }, signsIn("mac", "/admin/x")],
  ["a character more in the payload", { session: `${HEAD}.${PAYLOAD}x.${MAC}` }, signsIn("mac")],
  ["a character less in the payload", { session: `${HEAD}.${PAYLOAD.slice(0, -1)}.${MAC}` }, signsIn("mac")],
  [
    "another user's payload under the own MAC",
    { session: `${HEAD}.${token(BOB).slice(HEAD.length + 1, -44)}.${MAC}` },
    signsIn("mac"),
  ],
  ["another character before the MAC", { session: `${HEAD}.${PAYLOAD}~${MAC}` }, signsIn("mac")],
  ["another character after the version", { session: TOKEN.replace("2.", "2x") }, signsIn("mac")],
  [
    "a token that the other active key signed",
    { session: signed(`${HEAD}.${PAYLOAD}`, TOKEN_KEYS.k2) },
    signsIn("mac"),
  ],
  ["a token under the other active key's name", { session: TOKEN.replace("2.k1.", "2.k2.") }, signsIn("mac")],
  ["a token that the master key signed", { session: signed(`${HEAD}.${PAYLOAD}`, MASTER_KEYS.k1) }, signsIn("mac")],
  [
    "a token that the cookie key signed",
    { session: signed(`${HEAD}.${PAYLOAD}`, cookieKey(hmac, MASTER_KEYS.k1)) },
    signsIn("mac"),
  ],
  ["a token that no key signed", { session: signed(`${HEAD}.${PAYLOAD}`, "") }, signsIn("mac")],
  [
    "a token that the whole record signed",
    {
      session: signed(`${HEAD}.${PAYLOAD}`, encodeKeyRecord(KEY, ["0"])),
      records: storeOfShards({ 0: shardRecord() }),
    },
    signsIn("mac"),
  ],
  [
    "a forged token of a shard with a record, after one read",
    { session: otherMac(0), records: storeWith(shardRecord()) },
    signsIn("mac"),
  ],
  ["an unknown key id", { session: signed(`2.k9.${PAYLOAD}`) }, signsIn("key")],
  ["a key id with a blank before it", { session: TOKEN.replace("2.k1", "2. k1") }, signsIn("key")],
  ["a key id in upper case", { session: TOKEN.replace("2.k1", "2.K1") }, signsIn("key")],
  ["a key id that is a name of the language", { session: signed(`2.toString.${PAYLOAD}`) }, signsIn("key")],
  ["a key id that is longer than one can be", { session: signed(`2.__proto__.${PAYLOAD}`) }, signsIn("form")],
];

/** By what the gate finds wrong: no form of a token, or a MAC that is not its own. */
const MALFORMED: GateCase[] = (
  [
    ["an empty cookie", "", "form"],
    ["one character", "q", "form"],
    ["the version only", "2.", "form"],
    ["dots only", `2${".".repeat(80)}`, "form"],
    ["no key id", signed(`2..${PAYLOAD.replaceAll(".", "")}`), "form"],
    ["a longer key id than there is", signed(`2.k12345678.${PAYLOAD}`), "form"],
    ["a token in quotation marks", `"${TOKEN}"`, "form"],
    ["version 0", TOKEN.replace("2.", "0."), "form"],
    ["version 1", TOKEN.replace("2.", "1."), "form"],
    ["version 1 as it was, rightly signed", signed(`1.k1.17.${PAYLOAD}`), "form"],
    ["version 3, rightly signed", signed(`3.k1.${PAYLOAD}`), "form"],
    ["a JSON Web Token", `eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.${MAC}`, "form"],
    ["a token a character too long", tokenOf(MAX_TOKEN_LENGTH + 1), "form"],
    ["a token of 8 KB", tokenOf(8192), "form"],
    ["a key id only", `${HEAD}.`, "mac"],
    ["a MAC only, behind its key id", `${HEAD}.${MAC}`, "mac"],
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
  [
    "a store that cannot be reached, for a program",
    { session: TOKEN, fault: "error", client: "program" },
    denies("store", "problem"),
  ],
  ["a store that cannot be reached, for a forged token", { session: otherMac(0), fault: "error" }, denies("store")],
  [
    "a store that fails at the second read",
    { session: TOKEN, records: storeWith(shardRecord()), fault: "later" },
    after(3, denies("store")),
  ],
  [
    "a store that fails at the second read, for a program",
    { session: TOKEN, records: storeWith(shardRecord()), fault: "later", client: "program" },
    after(3, denies("store", "problem")),
  ],
  [
    "a store that fails at the second read, for a shard that is missing",
    { session: TOKEN, records: storeWithKey(encodeKeyRecord(KEY, [SHARD])), fault: "later" },
    after(3, denies("store")),
  ],
  ["a store that would fail at a second read that nobody needs", { session: TOKEN, fault: "later" }, passes],
  ["a store that fails after a missing key", { session: TOKEN, records: {}, fault: "later" }, denies("store")],
  ["a store that nobody has to ask", { fault: "error" }, signsIn("none")],
  ["an empty store", { session: TOKEN, records: {} }, signsIn("key")],
  ["an empty key record", { session: TOKEN, records: storeWithKey("") }, signsIn("mac")],
  // Anyone who knows that the key is damaged could sign with it.
  ...["", KEY.slice(0, 1), KEY.slice(1), `${KEY.slice(3)}.`].map((key): GateCase => [
    `a key of ${key.length} characters, and a token that it signed`,
    { session: signed(`${HEAD}.${PAYLOAD}`, key), records: storeWithKey(key, shardRecord()) },
    signsIn("mac"),
  ]),
];

/** Which shards the key's record names, and the records that there are. */
const NAMED: GateCase[] = [
  [
    "a shard that is not named is not read",
    { session: TOKEN, records: storeOfShards({ [shardOf(BOB.uid)]: shardRecord() }) },
    passes,
  ],
  [
    "a shard that is not named is not read, whatever it says",
    { session: TOKEN, records: storeWithKey(KEY, shardRecord({ revokedSessions: [ALICE.sid] })) },
    passes,
  ],
  ["a shard that is named is read", { session: TOKEN, records: storeWith(shardRecord()) }, passesAfterTwo],
  [
    "a shard that is named by the other key too",
    { session: token({}, "k2"), records: storeWith(shardRecord({ revokedSessions: [ALICE.sid] })) },
    signsIn("revoked"),
  ],
  [
    "a shard that is named and missing",
    { session: TOKEN, records: storeWithKey(encodeKeyRecord(KEY, [SHARD])) },
    after(3, signsIn("key")),
  ],
  [
    "a shard that is named among all",
    {
      session: TOKEN,
      records: { ...storeWith(shardRecord({ revokedSessions: [ALICE.sid] })), "key.k1": `${KEY}${"o".repeat(683)}` },
    },
    signsIn("revoked"),
  ],
  [
    "a map that is cut short, and the shard's record",
    {
      session: TOKEN,
      records: storeWithKey(`${KEY}${"0".repeat(682)}`, shardRecord({ revokedSessions: [ALICE.sid] })),
    },
    signsIn("revoked"),
  ],
  [
    "a map that is too long, and the shard's record",
    {
      session: TOKEN,
      records: storeWithKey(`${KEY}${"0".repeat(684)}`, shardRecord({ revokedSessions: [ALICE.sid] })),
    },
    signsIn("revoked"),
  ],
  [
    "a map that cannot be read, and the shard's record",
    {
      session: TOKEN,
      records: storeWithKey(`${KEY}${"~".repeat(683)}`, shardRecord({ revokedSessions: [ALICE.sid] })),
    },
    signsIn("revoked"),
  ],
  [
    "a map that is cut short, and no record",
    { session: TOKEN, records: storeWithKey(`${KEY}0`) },
    after(3, signsIn("key")),
  ],
];

/** Alice signed in ten minutes ago, when nobody had cut her off. */
const CUT = (mark: number, reach: number, uid = ALICE.uid) => ({ uid, mark, reach });
const LIVING = CUT(NOW - 300, NOW);
const many = <T>(count: number, entry: T) => Array<T>(count).fill(entry);

/** Records of Alice's shard; "passes" where nothing in them is against her session. */
const REVOCATIONS: GateCase[] = (
  [
    ["her session is revoked", shardRecord({ revokedSessions: [ALICE.sid] }), "revoked"],
    [
      "her session is the last of 169",
      shardRecord({ revokedSessions: [...many(168, "zzzzzz"), ALICE.sid] }),
      "revoked",
    ],
    ["her session is between others", shardRecord({ revokedSessions: ["aaaaaa", ALICE.sid, "zzzzzz"] }), "revoked"],
    [
      "her session follows a misaligned look-alike",
      shardRecord({ revokedSessions: ["xxxAli", "ceSxxx", ALICE.sid] }),
      "revoked",
    ],
    ["another session is revoked", shardRecord({ revokedSessions: [BOB.sid] }), "passes"],
    ["a session differs in the case of one letter", shardRecord({ revokedSessions: ["aliceS"] }), "passes"],
    ["two neighbours make up her session", shardRecord({ revokedSessions: ["xxxAli", "ceSxxx"] }), "passes"],
    ["her session's name stands among the cut-offs", shardRecord({ cutoffs: [CUT(NOW, NOW, ALICE.sid)] }), "passes"],
    ["her own name stands among the sessions", shardRecord({ revokedSessions: [ALICE.uid] }), "passes"],
    ["she is cut off after she signed in", shardRecord({ cutoffs: [LIVING] }), "revoked"],
    [
      "she is cut off up to the second in which she signed in",
      shardRecord({ cutoffs: [CUT(NOW, ALICE.issuedAt)] }),
      "revoked",
    ],
    [
      "a late cut-off reaches to the second before she signed in",
      shardRecord({ cutoffs: [CUT(NOW, ALICE.issuedAt - 1)] }),
      "passes",
    ],
    ["a cut-off has the smallest mark that there is", shardRecord({ cutoffs: [CUT(1, NOW)] }), "revoked"],
    ["she is cut off in the future", shardRecord({ cutoffs: [CUT(NOW + 86_400, NOW + 86_400)] }), "revoked"],
    [
      "two late cut-offs do not reach her",
      shardRecord({ cutoffs: [CUT(NOW, ALICE.issuedAt - 9), CUT(NOW, ALICE.issuedAt - 5)] }),
      "passes",
    ],
    [
      "one cut-off does not reach her, the next does",
      shardRecord({ cutoffs: [CUT(NOW, ALICE.issuedAt - 9), LIVING] }),
      "revoked",
    ],
    [
      "one cut-off reaches her, the next does not",
      shardRecord({ cutoffs: [LIVING, CUT(NOW, ALICE.issuedAt - 9)] }),
      "revoked",
    ],
    [
      "she is the last of 50 who are cut off",
      shardRecord({ cutoffs: [...many(49, CUT(NOW, NOW, BOB.uid)), LIVING] }),
      "revoked",
    ],
    ["another user is cut off", shardRecord({ cutoffs: [CUT(NOW, NOW, BOB.uid)] }), "passes"],
    ["her name crosses two entries", `0000000.xxxxxx00000000000ali${"ce0xxx00000000000000"}`, "passes"],
    [
      "her cut-off follows a misaligned look-alike",
      `0000000.xxxxxxxalice00000000alice0${markText(NOW)}${markText(NOW)}`,
      "revoked",
    ],
    ["the mark of her cut-off is unreadable", `0000000.alice0~~~~~~~${markText(NOW)}`, "revoked"],
    ["the mark of her cut-off begins like a small number", `0000000.alice01~~~~~~${markText(NOW)}`, "revoked"],
    ["the reach of her cut-off is unreadable", `0000000.alice0${markText(NOW)}~~~~~~~`, "revoked"],
    ["the reach of her cut-off begins like a small number", `0000000.alice0${markText(NOW)}1~~~~~~`, "revoked"],
    ["the mark and the reach of her cut-off are missing", "0000000.alice0", "revoked"],
    ["the reach of her cut-off is missing", `0000000.alice0${markText(NOW)}`, "revoked"],
    [
      "another session is revoked and she is cut off",
      shardRecord({ revokedSessions: [BOB.sid], cutoffs: [LIVING] }),
      "revoked",
    ],
    [
      "her session is revoked and another user is cut off",
      shardRecord({ revokedSessions: [ALICE.sid], cutoffs: [CUT(NOW, NOW, BOB.uid)] }),
      "revoked",
    ],
    [
      "many others are revoked and cut off",
      shardRecord({ revokedSessions: many(80, "zzzzzz"), cutoffs: many(26, CUT(NOW, NOW, BOB.uid)) }),
      "passes",
    ],
    ["nothing, not even a floor", "", "revoked"],
    ["a floor only", "0000000", "revoked"],
    ["a dot only", ".", "revoked"],
    ["a floor that lost a digit", "000000.", "revoked"],
    ["a session that lost a character", "0000000liceS.", "revoked"],
    ["a session too many by a character", "0000000xAliceS.", "revoked"],
    ["a separator that was lost", `0000000AliceS${"alice0"}${markText(NOW)}${markText(NOW)}`, "revoked"],
    ["a floor that was raised", shardRecord({ floor: markText(NOW) }), "outdated"],
    ["a floor of one", shardRecord({ floor: markText(1) }), "outdated"],
    ["a floor in upper case", "000000A.", "outdated"],
    ["a floor that sorts before every digit", "-------.", "outdated"],
    ["a floor with a sign", "-000001.", "outdated"],
    [
      "a floor that was raised, and her session",
      shardRecord({ floor: markText(NOW), revokedSessions: [ALICE.sid] }),
      "revoked",
    ],
    ["a floor that was raised, and her cut-off", shardRecord({ floor: markText(NOW), cutoffs: [LIVING] }), "revoked"],
  ] as const
).map(([name, record, outcome]) => [
  `in her shard's record: ${name}`,
  { session: TOKEN, records: storeWith(record) },
  outcome === "passes" ? passesAfterTwo : signsIn(outcome),
]);

/** The mark and the floor that a token carries, against a cut-off with the mark 1000 and a floor of 5000. */
const MARKS: GateCase[] = (
  [
    ["from before the cut-off", { mark: 0 }, "revoked"],
    ["from just before the cut-off", { mark: 999 }, "revoked"],
    ["whose sign-in knew of the cut-off", { mark: 1000 }, "passes"],
    ["whose sign-in knew of a later cut-off", { mark: 1001 }, "passes"],
    ["that began beyond the reach of a cut-off that it did not know", { issuedAt: NOW + 1 }, "passes"],
    ["that began at the end of the reach of a cut-off that it did not know", { issuedAt: NOW }, "revoked"],
    ["from before the floor", { mark: 1000, floor: markText(4999) }, "outdated"],
    ["from the floor", { mark: 1000, floor: markText(5000) }, "passes"],
    ["from above the floor", { mark: 1000, floor: markText(5001) }, "passes"],
    ["that is revoked and from before the floor", { mark: 999, floor: markText(0) }, "revoked"],
    ["without a floor", { mark: 1000, floor: NO_FLOOR }, "outdated"],
  ] as const
).map(([name, claims, outcome]) => [
  `a session ${name}`,
  {
    session: token({ floor: markText(5000), ...claims }),
    records: storeWith(shardRecord({ floor: markText(5000), cutoffs: [CUT(1000, NOW)] })),
  },
  outcome === "passes" ? passesAfterTwo : signsIn(outcome),
]);

/** Tokens whose payload stops early: what is missing is not taken for a large number. */
const CUT_SHORT: GateCase[] = (
  [
    ["without a shard", [], shardRecord(), after(3, signsIn("key"))],
    ["with a shard that is none", ["x", "", ""], shardRecord(), after(3, signsIn("key"))],
    [
      "without a mark and a floor, of a shard with a cut-off",
      [SHARD],
      shardRecord({ cutoffs: [LIVING] }),
      signsIn("revoked"),
    ],
    ["without a floor, of a shard with one", [SHARD, ""], shardRecord({ floor: markText(1) }), signsIn("outdated")],
    ["with a mark that is no number", [SHARD, "!", "0000000"], shardRecord({ cutoffs: [LIVING] }), signsIn("revoked")],
  ] as const
).map(([name, fields, record, outcome]) => [
  `a payload ${name}`,
  {
    session: signed(
      [`${HEAD}.${ALICE.uid}`, ALICE.sid, markText(ALICE.issuedAt), ALICE.expiresAt.toString(36), ...fields].join("~"),
    ),
    records: storeWith(record),
  },
  outcome,
]);

/** The floor is no list of revoked sessions. */
const LOOKS_REVOKED: GateCase = [
  "a session whose name is in the floor",
  { session: token({ sid: "000000Session001" }), records: storeWith(shardRecord({ revokedSessions: [BOB.sid] })) },
  after(2, passesWith({ ...ALICE_HEADERS, "x-gate-session": "000000Session001" })),
];

export const TOKEN_CASES: GateCase[] = [
  ...GENUINE,
  ...FORGED,
  ...MALFORMED,
  ...TWO_COOKIES,
  ...STORE,
  ...NAMED,
  ...REVOCATIONS,
  ...MARKS,
  ...CUT_SHORT,
  LOOKS_REVOKED,
];
