/** Whose token counts, where the gate decides itself: tokens that it signed, in the cookie and in the header. */
import { ALICE, NOW, shardRecord, signed, storeWith, token } from "../sessions";
import { EDGE, JWT, SERVICE } from "./bearer-tokens";
import { ASKS, PASSES, refused, verifies, type TokenCase } from "./seen";

export const SESSION_CASES: TokenCase[] = [
  ["a session in the cookie passes", { session: token() }, PASSES],
  ["an edge token in the header passes", { auth: `Bearer ${EDGE}` }, PASSES],
  ["the scheme in another case counts", { auth: `bEARER ${EDGE}` }, PASSES],
  ["the header decides, not the cookie", { auth: `Bearer ${JWT}`, session: token() }, verifies("+", `Bearer ${JWT}`)],
  ["a bad header is not helped by a good cookie", { auth: "Bearer x", session: token() }, refused("form")],
  ["a session token in the header is refused", { auth: `Bearer ${token()}` }, refused("form")],
  ["an edge token in the cookie is refused", { session: EDGE }, { ...ASKS, log: "login form" }],
  ["a JWT in the cookie is refused", { session: JWT }, { ...ASKS, log: "login form" }],
  ["a service token in the cookie is refused", { session: SERVICE }, { ...ASKS, log: "login form" }],
  [
    "a session token that was made into an edge token is refused",
    { auth: `Bearer ${token().replace(/^2/, "3")}` },
    refused("mac"),
  ],
  [
    "an edge token that was made into a session token is refused",
    { session: EDGE.replace(/^3/, "2") },
    { ...ASKS, log: "login mac" },
  ],
  [
    "two session cookies are refused",
    { session: token(), cookies: `__Host-gate=${token()}` },
    { ...ASKS, log: "login several" },
  ],
  [
    "an expired edge token is refused",
    {
      auth: `Bearer ${signed(
        token({ expiresAt: NOW - 1 })
          .slice(0, -44)
          .replace(/^2/, "3"),
      )}`,
    },
    refused("expired"),
  ],
  [
    "a revoked edge token is refused",
    { auth: `Bearer ${EDGE}`, records: storeWith(shardRecord({ revokedSessions: [ALICE.sid.slice(0, 8)] })) },
    refused("revoked"),
  ],
  ["an edge token under an unknown key is refused", { auth: `Bearer ${EDGE.replace("k1", "k9")}` }, refused("key")],
  [
    "an edge token without the role is refused",
    { auth: `Bearer ${EDGE}`, path: "/api/admin/x" },
    { log: `deny role ${ALICE.uid}`, status: 403, challenge: 'Bearer realm="gate", error="insufficient_scope"' },
  ],
  [
    "nothing passes while the store is down",
    { auth: `Bearer ${EDGE}`, fault: "error" },
    { log: "deny store", status: 503 },
  ],
];
