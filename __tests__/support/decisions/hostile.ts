/** Requests that try to be read otherwise than the rules say: what they come to, whoever compiled the rules. */
import type { PolicyRule } from "../../../policy/rule";
import { SESSION_COOKIE } from "../../../session/cookies";
import { PATHS } from "../../functions/gate/paths";
import { MASTER_KEYS, signed, token } from "../../functions/gate/sessions";
import { person, referenceDecision, SECONDS, type Asked } from "./asked";

export type Case = [name: string, asked: Asked, expected: string];

/** Rules on all paths, on one host with escapes. */
export const PATH_RULES: PolicyRule[] = [
  { host: "a.example", path: "/**", allow: [{ roles: ["admin"] }, { claims: { plan: ["pro"] } }], escapes: true },
  { path: "/vault/**", allow: { notRoles: ["contractor"] } },
  { path: "/**", allow: { public: true, networks: ["192.0.2.0/24"] } },
];

const SOMEBODY = person({ claims: { plan: ["pro"] } });

/** What cannot be read in one way only never comes to a rule, unless it is an escape that the rule takes. */
export const PATH_CASES: Record<string, Case[]> = Object.fromEntries(
  ["a.example", "b.example"].map((host) => [
    `hostile paths on ${host}`,
    PATHS.map(([path, reading]): Case => {
      const asked = { session: SOMEBODY, host, path };
      const passes = reading === "plain" || (reading === "escaped" && host === "a.example");
      return [JSON.stringify(path), asked, passes ? referenceDecision(PATH_RULES, asked) : "deny path"];
    }),
  ]),
);

export const HEADER_RULES: PolicyRule[] = [
  { path: "/public", allow: "public" },
  { path: "/admin/**", allow: { roles: ["admin"] } },
  { path: "/office", allow: { public: true, networks: ["192.0.2.0/24"] } },
  { path: "/geo", allow: { public: true, countries: ["DE"] } },
  { path: "/api", methods: ["POST"], allow: { roles: ["admin"] }, preflight: "pass" },
];

/** Headers in which proxies and frameworks look for what the gate takes from the connection and the session. */
const IGNORED: [name: string, value: string][] = [
  ["X-Forwarded-For", "192.0.2.7"],
  ["Forwarded", "for=192.0.2.7;host=app.example.com"],
  ["X-Real-IP", "192.0.2.7"],
  ["True-Client-IP", "192.0.2.7"],
  ["CloudFront-Viewer-Address", "192.0.2.7:443"],
  ["CloudFront-Viewer-Country-Name", "DE"],
  ["CF-IPCountry", "DE"],
  ["X-Forwarded-Host", "a.example"],
  ["X-Original-URL", "/public"],
  ["X-Rewrite-URL", "/public"],
  ["X-Forwarded-Prefix", "/public"],
  ["X-HTTP-Method-Override", "POST"],
  ["X-Method-Override", "OPTIONS"],
  ["X-Gate-User", "alice00000000001"],
  ["X-Gate-Roles", "admin"],
  ["X-Gate-Requirement", "*"],
  ["Authorization", "Bearer eyJhbGciOiJub25lIn0.e30."],
  ["Cookie", "session=admin; roles=admin"],
  ["Cookie", `${SESSION_COOKIE}x=${token(person({ roles: ["admin"] }))}`],
];
const STRANGERS: [name: string, asked: Asked][] = [
  ["by nobody", { address: "198.51.100.1" }],
  ["by somebody without a role", { session: person({}), address: "198.51.100.1", country: "FR" }],
];

const ADMIN = person({ roles: ["admin"] });
const cookie = (value: string): [string, string] => ["Cookie", `${SESSION_COOKIE}=${value}`];
const PREFLIGHT: [string, string][] = [
  ["Origin", "https://o.example"],
  ["Access-Control-Request-Method", "POST"],
];
const options = (...headers: [string, string][]): Asked => ({ path: "/api", method: "OPTIONS", headers });
const admin = (...headers: [string, string][]): Asked => ({ path: "/admin", headers });

export const HEADER_CASES: Record<string, Case[]> = {
  "headers that change no decision": IGNORED.flatMap(([name, value]) =>
    ["/admin", "/office", "/geo", "/api"].flatMap((path) =>
      STRANGERS.map(([who, as]): Case => {
        const asked = { ...as, path };
        return [
          `${name}: ${value.slice(0, 30)} on ${path} ${who}`,
          { ...asked, headers: [[name, value]] },
          referenceDecision(HEADER_RULES, asked),
        ];
      }),
    ),
  ),
  hosts: ["other.example", "app.example.com.", "app.example.com:443", "APP.example.com", "x.app.example.com", ""].map(
    (host): Case => [JSON.stringify(host), { host, path: "/public" }, "deny host"],
  ),
  countries: [
    ["one", { path: "/geo", country: "DE" }, "allow public"],
    ["two", { path: "/geo", country: "DE", headers: [["CloudFront-Viewer-Country", "DE"]] }, "deny rule"],
    ["two in one", { path: "/geo", country: "DE,FR" }, "deny rule"],
  ],
  cookies: [
    ["of an admin", admin(cookie(token(ADMIN))), "allow session"],
    ["two", admin(cookie(token(ADMIN)), cookie(token(ADMIN))), "login several"],
    ["two, the first of which is empty", admin(cookie(""), cookie(token(ADMIN))), "login several"],
    ["empty", admin(cookie("")), "login form"],
    ["words", admin(cookie("admin")), "login form"],
    ["of another version", admin(cookie(token(ADMIN).replace(/^./, "9"))), "login form"],
    ["with another role", admin(cookie(token(person({ roles: ["admix"] })).replace("admix", "admin"))), "login mac"],
    ["without its MAC", admin(cookie(token(ADMIN).slice(0, -43))), "login mac"],
    ["with another MAC", admin(cookie(token(ADMIN).slice(0, -3) + "AAA")), "login mac"],
    ["signed with the master key", admin(cookie(signed(contentOf(token(ADMIN)), MASTER_KEYS.k1))), "login mac"],
    ["of a key that is not there", admin(cookie(token(ADMIN).replace(".k1.", ".k9."))), "login key"],
    ["that has ended", admin(cookie(token({ ...ADMIN, expiresAt: SECONDS - 1 }))), "login expired"],
  ],
  preflights: [
    ["as browsers send them", options(...PREFLIGHT), "allow public"],
    ["with an empty body", options(...PREFLIGHT, ["Content-Length", "0"]), "allow public"],
    ["with a body", options(...PREFLIGHT, ["Content-Length", "5"]), "deny rule"],
    ["with a body in chunks", options(...PREFLIGHT, ["Transfer-Encoding", "chunked"]), "deny rule"],
    ["without an origin", options(PREFLIGHT[1]!), "deny rule"],
    ["without a method", options(PREFLIGHT[0]!), "deny rule"],
    ["by another method", { ...options(...PREFLIGHT), method: "GET" }, "deny rule"],
    ["on another path", { ...options(...PREFLIGHT), path: "/admin" }, "login none"],
  ],
};

/** What a token's MAC covers, without the dot before it. */
function contentOf(text: string): string {
  return text.slice(0, text.lastIndexOf("."));
}
