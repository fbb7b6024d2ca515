/** The requests with which the gate's cost is measured. */
import { createHash } from "node:crypto";
import { ASSERTION_RECORD } from "../session/assertion";
import { assertionRecord } from "../session/assertion-keys";
import { SESSION_COOKIE } from "../session/cookies";
import { tokenKey } from "../session/keys";
import { ORIGIN_SECRET_RECORD } from "../session/origin-secret";
import { hmac } from "../session/node-hash";
import {
  encodeKeyRecord,
  encodeShardRecord,
  keyRecordName,
  markText,
  NO_FLOOR,
  shardOf,
  shardRecordName,
  type ShardRecord,
} from "../session/shard";
import type { Allow } from "../policy/rule";
import { mintToken, type Session } from "../session/token";
import type { GateRequest } from "./gate";
import { storedPolicy } from "../policy/stored/compile";
import { KINDS, mixedRules, sampleRules, SETTINGS } from "./sample";

export interface Scenario {
  name: string;
  request: GateRequest;
  /** How the gate's access-log line must start; otherwise the scenario measures something else. */
  decision: string;
  /** Calls to the store. */
  reads: number;
  /** Instructions. */
  limit?: number;
}

const NOW = Math.floor(Date.now() / 1000);
const USER: Session = {
  uid: "abcdefghijklmnop",
  sid: "ABCDEFGHIJKLMNOP",
  issuedAt: NOW - 100,
  expiresAt: NOW + 900,
  mark: 0,
  floor: NO_FLOOR,
  authTime: NOW - 100,
  idp: "main",
  strength: "",
  roles: ["staff"],
  email: "alice.smith@example.com",
  claims: {},
};
const KID = "k1";
const TOKEN_KEY = tokenKey(hmac, "M".repeat(43));
const SHARD = shardOf(USER.uid);

/** As many entries as a record of 1 KB holds, none of them for {@link USER}. */
const REVOKED_SESSIONS = Array.from({ length: 169 }, (_, i) => someId(i));
const CUTOFFS = Array.from({ length: 50 }, (_, i) => ({ uid: someId(i), mark: NOW, reach: NOW + 300 }));
/** The user's own cut-off is the last one, and the session began after it. */
const OUTLIVED = [...CUTOFFS.slice(1), { uid: USER.uid, mark: NOW - 200, reach: NOW - 101 }];

/** Cookies of applications behind the gate: 40 of 100 bytes each. */
const OTHER_COOKIES = Object.fromEntries(
  Array.from({ length: 40 }, (_, i) => [`application-${i}`.padEnd(20, "_"), "v".repeat(78)]),
);

const TEN_ROLES = Array.from({ length: 9 }, (_, i) => `role-${i}`);

/** A shard of other users. */
const OTHER_SHARD = "0";

/**
 * A page of the engine's memory costs 2,000 instructions. Whether a layout without it is found depends on the token of
 * the run. The lowest count is about 124,900.
 */
const ONE_READ_LIMIT = 127_500;
/** Looking a shard up in the map costs about 6,000. */
const MAP_LIMIT = 136_000;
/** Calling the function that names the file costs about 3,000. */
const SITE_LIMIT = 132_500;
/** The origin secret needs a separate read. */
const MARKED_LIMIT = 142_000;
/** The assertion needs a separate read, its text, and a MAC of 400 characters. */
const ASSERTED_LIMIT = 209_000;
/** The rules need a separate read, and are compared one by one. */
const STORED_LIMIT = 193_000;
const TWO_READS_LIMIT = 195_000;

/** A request with a valid session of a user with the role "staff". */
export const SIGNED_IN_REQUEST: GateRequest = request(12, token());

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "valid session, 12 rules",
    request: SIGNED_IN_REQUEST,
    decision: "allow session",
    reads: 1,
    limit: ONE_READ_LIMIT,
  },
  {
    name: "valid session, 100 rules",
    request: request(100, token()),
    decision: "allow session",
    reads: 1,
    limit: ONE_READ_LIMIT,
  },
  {
    name: "other shards have records, 12 rules",
    request: request(12, token(), { [OTHER_SHARD]: {} }),
    decision: "allow session",
    reads: 1,
    limit: MAP_LIMIT,
  },
  {
    name: "other shards have records, 100 rules",
    request: request(100, token(), { [OTHER_SHARD]: {} }),
    decision: "allow session",
    reads: 1,
    limit: MAP_LIMIT,
  },
  {
    name: "valid session, deep link of an application in a bucket",
    request: { ...SIGNED_IN_REQUEST, places: [{ pattern: "*", site: { index: "index.html", spa: true } }] },
    decision: "allow session",
    reads: 1,
    limit: SITE_LIMIT,
  },
  { name: "no cookie", request: { rules: sampleRules(12) }, decision: "login none", reads: 0, limit: 40_000 },
  {
    name: "public route",
    request: { rules: sampleRules(12), path: "/assets/site.css" },
    decision: "allow public",
    reads: 0,
  },
  {
    name: "valid session and origin secret",
    request: marked(request(12, token())),
    decision: "allow session",
    reads: 2,
    limit: MARKED_LIMIT,
  },
  {
    name: "public route and origin secret",
    request: marked({ rules: sampleRules(12), path: "/assets/site.css" }),
    decision: "allow public",
    reads: 1,
  },
  {
    name: "valid session, 100 rules, a quarter of them with conditions",
    request: { ...request(100, token()), rules: mixedRules(100) },
    decision: "allow session",
    reads: 1,
    limit: ONE_READ_LIMIT,
  },
  ...Object.entries(KINDS).map(([name, allow]) => requirement(name, allow)),
  {
    name: "valid session, 1,000 rules in the store",
    request: inStore({ ...request(12, token()), rules: sampleRules(1000) }),
    decision: "allow session",
    reads: 2,
    limit: STORED_LIMIT,
  },
  {
    name: "valid session and assertion",
    request: asserted(request(12, token())),
    decision: "allow session",
    reads: 2,
    limit: ASSERTED_LIMIT,
  },
  {
    name: "valid session with ten roles, origin secret and assertion",
    request: asserted(marked(request(12, token({ roles: ["staff", ...TEN_ROLES] })))),
    decision: "allow session",
    reads: 3,
  },
  {
    name: "public route of a site with assertions",
    request: asserted({ rules: sampleRules(12), path: "/assets/site.css" }),
    decision: "allow public",
    reads: 0,
  },
  { name: "expired token", request: request(12, token({ expiresAt: NOW - 1 })), decision: "login expired", reads: 1 },
  { name: "wrong MAC", request: request(12, `${token().slice(0, -4)}AAAA`), decision: "login mac", reads: 1 },
  {
    name: "4 KB of other cookies",
    request: request(12, token(), {}, OTHER_COOKIES),
    decision: "allow session",
    reads: 1,
  },
  {
    name: "shard with a revoked session",
    request: request(12, token(), { [SHARD]: { revokedSessions: REVOKED_SESSIONS.slice(0, 1) } }),
    decision: "allow session",
    reads: 2,
  },
  {
    name: "shard with 169 revoked sessions",
    request: request(12, token(), { [SHARD]: { revokedSessions: REVOKED_SESSIONS } }),
    decision: "allow session",
    reads: 2,
    limit: TWO_READS_LIMIT,
  },
  {
    name: "shard with 50 user cut-offs",
    request: request(12, token(), { [SHARD]: { cutoffs: CUTOFFS } }),
    decision: "allow session",
    reads: 2,
    limit: TWO_READS_LIMIT,
  },
  {
    name: "shard with 50 user cut-offs, one of them outlived",
    request: request(12, token(), { [SHARD]: { cutoffs: OUTLIVED } }),
    decision: "allow session",
    reads: 2,
  },
  {
    name: "token from before the floor",
    request: request(12, token(), { [SHARD]: { floor: markText(NOW) } }),
    decision: "login outdated",
    reads: 2,
  },
];

/** A requirement that the user meets, in a policy of 12 rules. */
function requirement(name: string, allow: Allow): Scenario {
  const session = token({
    roles: ["staff", "editor"],
    strength: "mfa",
    claims: { plan: ["team"], scope: ["read", "write"], team: [USER.uid] },
  });
  return {
    name: `requirement: ${name}`,
    request: {
      ...request(12, session),
      rules: [...sampleRules(12).slice(0, -1), { path: "/required/{user}", allow }, ...sampleRules(12).slice(-1)],
      path: `/required/${USER.uid}`,
      headers: [["CloudFront-Viewer-Country", "DE"]],
    },
    decision: allow === "nobody" ? "deny rule" : "allow session",
    reads: allow === "nobody" ? 0 : 1,
  };
}

/** Looks random but is the same every time, so that two runs of the bench can be compared. */
function someId(i: number): string {
  return createHash("sha256").update(`id ${i}`).digest("base64url").slice(0, 16);
}

function token(more: Partial<Session> = {}): string {
  return mintToken(hmac, TOKEN_KEY, KID, { ...USER, ...more });
}

/** The same for a site with a server that gets the origin secret. */
function marked(request: GateRequest): GateRequest {
  return { ...request, originSecret: true, records: { ...request.records, [ORIGIN_SECRET_RECORD]: "s".repeat(43) } };
}

/** The same for a site whose rules are in the store. */
function inStore(request: GateRequest): GateRequest {
  const records = { ...request.records, ...storedPolicy(request.rules, SETTINGS.hosts).records };
  return { ...request, stored: true, records };
}

/** The same for a site whose servers get assertions. */
function asserted(request: GateRequest): GateRequest {
  const records = { ...request.records, [ASSERTION_RECORD]: assertionRecord("k".repeat(43)) };
  return { ...request, assertion: "https://orders.internal.example.com", records };
}

/** @param shards the existing records, by shard */
function request(
  rules: number,
  session: string,
  shards: Record<string, Partial<ShardRecord>> = {},
  others: Record<string, string> = {},
): GateRequest {
  const records = Object.entries(shards).map(([shard, record]) => [
    shardRecordName(shard),
    encodeShardRecord({ floor: NO_FLOOR, revokedSessions: [], cutoffs: [], ...record }),
  ]);
  return {
    rules: sampleRules(rules),
    records: {
      [keyRecordName(KID)]: encodeKeyRecord(TOKEN_KEY, Object.keys(shards)),
      ...(Object.fromEntries(records) as Record<string, string>),
    },
    cookies: { ...others, [SESSION_COOKIE]: session },
  };
}
