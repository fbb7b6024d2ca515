/** What the gate leaves to the handler, and what it tells it. */
import { ALICE, shardRecord, storeWith, token } from "../sessions";
import { JWT, SERVICE, jwt } from "./bearer-tokens";
import { ASKS, IDENTITY, PASSES, requirement, verifies, type TokenCase } from "./seen";

export const HANDLER_CASES: TokenCase[] = [
  ["a JWT goes on to be verified", { auth: `Bearer ${JWT}` }, verifies("+", `Bearer ${JWT}`)],
  [
    "a JWT of a CI job goes on",
    { auth: `Bearer ${jwt({ iss: "https://token.actions.githubusercontent.com" })}`, path: "/api/ci/x" },
    verifies("ci=+", `Bearer ${jwt({ iss: "https://token.actions.githubusercontent.com" })}`, "/api/ci/x"),
  ],
  ["a service token goes on", { auth: `Bearer ${SERVICE}` }, verifies("+", `Bearer ${SERVICE}`)],
  [
    "with what the rule requires",
    { auth: `Bearer ${JWT}`, path: "/api/admin/x" },
    verifies("admin", `Bearer ${JWT}`, "/api/admin/x"),
  ],
  [
    "and its conditions",
    { auth: `Bearer ${JWT}`, path: "/api/plan/x" },
    verifies("&claim=plan!pro", `Bearer ${JWT}`, "/api/plan/x"),
  ],
  [
    "what is public passes, and says so",
    { path: "/api/public/x" },
    { log: "allow public", headers: { "x-gate-requirement": requirement("*", "/api/public/x") } },
  ],
  [
    "a token at what is public is not looked at",
    { path: "/api/public/x", auth: "Bearer x" },
    {
      log: "allow public",
      headers: { authorization: "Bearer x", "x-gate-requirement": requirement("*", "/api/public/x") },
    },
  ],
  [
    "a place without a session goes on to be checked",
    { path: "/api/office/x" },
    {
      log: "verify public",
      headers: { "x-gate-requirement": requirement("&pub=&net=192.0.2.0/24|&any=admin", "/api/office/x") },
    },
  ],
  [
    "conditions on a session go on with its fields",
    { path: "/api/plan/x", session: token() },
    {
      log: `verify session ${ALICE.uid}`,
      headers: {
        ...IDENTITY,
        "x-gate-requirement": requirement("&claim=plan!pro", "/api/plan/x", token().split(".").slice(2, -1).join(".")),
      },
    },
  ],
  [
    "conditions on a revoked session do not go on",
    {
      path: "/api/plan/x",
      session: token(),
      records: storeWith(shardRecord({ revokedSessions: [ALICE.sid.slice(0, 8)] })),
    },
    { ...ASKS, log: "login revoked" },
  ],
  [
    "what nobody may do is denied with a token",
    { path: "/api/never/x", auth: `Bearer ${JWT}` },
    { log: "deny rule", status: 403 },
  ],
  ["and with a session", { path: "/api/never/x", session: token() }, { log: "deny rule", status: 403 }],
  [
    "what no rule names is denied with a token",
    { path: "/other", auth: `Bearer ${JWT}` },
    { log: "deny rule", status: 403 },
  ],
  [
    "a host that is not served is denied with a token",
    { host: "evil.example.com", auth: `Bearer ${JWT}` },
    { log: "deny host", status: 421 },
  ],
  [
    "an ambiguous path is denied with a token",
    { path: "/api//x", auth: `Bearer ${JWT}` },
    { log: "deny path", status: 400 },
  ],
  [
    "an encoded slash goes on where the rule takes it",
    { path: "/api/files/a%2fb", auth: `Bearer ${JWT}` },
    verifies("+", `Bearer ${JWT}`, "/api/files/a%2fb"),
  ],
  [
    "a requirement of the viewer's own is removed",
    {
      auth: `Bearer ${JWT}`,
      headers: { "X-Gate-Requirement": "* /a /a", "X-Gate-User": "root", X_Gate_Requirement: "* /a /a" },
    },
    verifies("+", `Bearer ${JWT}`),
  ],
  ["one beside a session is removed", { session: token(), headers: { "X-Gate-Requirement": "* /a /a" } }, PASSES],
  [
    "a closed site leaves it to the handler whom it admits",
    { gate: "shut", auth: `Bearer ${JWT}` },
    verifies("#admin=+", `Bearer ${JWT}`),
  ],
  ["a closed site is closed without a token", { gate: "shut" }, { log: "deny closed", status: 503 }],
  [
    "the path that chose the behavior goes with the one that was decided",
    { gate: "rewriting", path: "/api/open/x", auth: `Bearer ${JWT}` },
    {
      log: "verify public",
      headers: { authorization: `Bearer ${JWT}`, "x-gate-requirement": "+ /api/rewritten /api/open/x" },
    },
  ],
];
