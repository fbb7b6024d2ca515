/** What is asked of the gate while its cost is measured. */
import { createHash } from "node:crypto";
import { SESSION_COOKIE } from "../session/cookies";
import { shardKey } from "../session/keys";
import { encodeRecord, recordKey, shardOf, type ShardRecord } from "../session/shard";
import { mintToken, type Session } from "../session/token";
import { hmacText } from "../local/hmac";
import type { GateRequest } from "./gate";
import { sampleRules } from "./sample";

export interface Scenario {
  name: string;
  request: GateRequest;
  /** How the gate's access-log line must start: a scenario that measures something else is worth nothing. */
  decision: string;
  /** Instructions. */
  limit?: number;
}

const NOW = Math.floor(Date.now() / 1000);
const USER: Session = {
  uid: "abcdefghijklmnop",
  sid: "ABCDEFGHIJKLMNOP",
  issuedAt: NOW - 100,
  expiresAt: NOW + 900,
  authTime: NOW - 100,
  idp: "main",
  strength: "",
  roles: ["staff"],
  email: "alice.smith@example.com",
  claims: {},
};
const SHARD = shardOf(USER.uid, 64);
const RECORD_KEY = recordKey("k1", SHARD);
const SHARD_KEY = shardKey(hmacText, "M".repeat(43), SHARD);

/** As many entries as a record of 1 KB holds, none of them for {@link USER}. */
const REVOKED_SESSIONS = Array.from({ length: 163 }, (_, i) => someId(i));
const CUTOFFS = Array.from({ length: 75 }, (_, i) => ({ uid: someId(i), time: NOW }));

/** Of applications behind the gate: 40 cookies of 100 bytes. */
const OTHER_COOKIES = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`application-${i}`.padEnd(20, "_"), "v".repeat(78)]));

const VALID_LIMIT = 130_000;
const FULL_SHARD_LIMIT = 170_000;

export const SCENARIOS: readonly Scenario[] = [
  { name: "valid session, 12 rules", request: request(12, token()), decision: "allow session", limit: VALID_LIMIT },
  { name: "valid session, 100 rules", request: request(100, token()), decision: "allow session", limit: VALID_LIMIT },
  { name: "no cookie", request: { rules: sampleRules(12) }, decision: "login none", limit: 40_000 },
  { name: "public route", request: { rules: sampleRules(12), path: "/assets/site.css" }, decision: "allow public" },
  { name: "expired token", request: request(12, token({ expiresAt: NOW - 1 })), decision: "login expired" },
  { name: "wrong MAC", request: request(12, `${token().slice(0, -4)}AAAA`), decision: "login mac" },
  { name: "4 KB of other cookies", request: request(12, token(), {}, OTHER_COOKIES), decision: "allow session" },
  { name: "shard with 163 revoked sessions", request: request(12, token(), { revokedSessions: REVOKED_SESSIONS }), decision: "allow session", limit: FULL_SHARD_LIMIT },
  { name: "shard with 75 user cut-offs", request: request(12, token(), { cutoffs: CUTOFFS }), decision: "allow session", limit: FULL_SHARD_LIMIT },
];

/** Looks random and is the same every time, so that two runs of the bench can be compared. */
function someId(i: number): string {
  return createHash("sha256").update(`id ${i}`).digest("base64url").slice(0, 16);
}

function token(more: Partial<Session> = {}): string {
  return mintToken(hmacText, SHARD_KEY, RECORD_KEY, { ...USER, ...more });
}

function request(rules: number, session: string, entries: Partial<ShardRecord> = {}, others: Record<string, string> = {}): GateRequest {
  return {
    rules: sampleRules(rules),
    records: { [RECORD_KEY]: encodeRecord({ shardKey: SHARD_KEY, revokedSessions: [], cutoffs: [], ...entries }) },
    cookies: { ...others, [SESSION_COOKIE]: session },
  };
}
