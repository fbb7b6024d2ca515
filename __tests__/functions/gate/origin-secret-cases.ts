/** The secret by which a server knows the gateway: who sends it, and what comes of a store without it. */
import { after, denies, passesAsPublic, passesWith, signsIn, type Expected, type GateCase } from "./case";
import { ALICE_HEADERS, storeWith, token } from "./sessions";

const SECRET = "s".repeat(43);
const marks = { "x-gate-origin-secret": SECRET };
const site = "marked";
const records = { ...storeWith(), origin: SECRET };
const session = token();
const unmarked = (expected: Expected): Expected => ({ ...expected, log: `${expected.log} unmarked` });

export const ORIGIN_SECRET_CASES: GateCase[] = [
  ["a public route, after one read", { site, records, path: "/public/x" }, after(1, passesAsPublic({ sets: marks }))],
  ["a session, after one read more", { site, records, session }, after(2, passesWith({ ...ALICE_HEADERS, ...marks }))],
  [
    "a viewer cannot send it",
    { site, records, path: "/public/x", headers: { "X-Gate-Origin-Secret": "mallory" } },
    after(1, passesAsPublic({ sets: marks })),
  ],
  [
    "a viewer cannot send it in place of one that is missing",
    { site, records: storeWith(), path: "/public/x", headers: { "X-Gate-Origin-Secret": "mallory" } },
    unmarked(after(1, passesAsPublic({ removes: ["x-gate-origin-secret"] }))),
  ],
  [
    "before the first rotation, requests pass unmarked: a server that checks refuses them",
    { site, records: storeWith(), session },
    unmarked(after(2, passesWith(ALICE_HEADERS))),
  ],
  [
    "if the store fails, a public route passes unmarked",
    { site, records, path: "/public/x", fault: "error" },
    unmarked(after(1, passesAsPublic())),
  ],
  ["if the store fails, a session is worth nothing", { site, records, session, fault: "error" }, denies("store")],
  ["without a session, nothing is read", { site, records }, signsIn("none")],
  ["a site without such a server neither reads nor sends it", { records, path: "/public/x" }, passesAsPublic()],
];
