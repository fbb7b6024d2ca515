/** A closed site: who gets in all the same, and what the others get. */
import {
  asksToSignIn,
  denies,
  passesWith,
  returnsForm,
  signsIn,
  type Expected,
  type GateCase,
  type GateRequest,
} from "./case";
import { ALICE, ALICE_HEADERS, NOW, storeWith, shardRecord, token } from "./sessions";

/** The time in the config of the site, as RFC 9110 writes it. */
const BACK = "Tue, 01 Dec 2026 08:00:00 GMT";

function closed(request: GateRequest, expected: Expected): [GateRequest, Expected] {
  return [
    { site: "closed", ...request },
    "deny" in expected && expected.deny === "closed" ? { ...expected, retryAfter: BACK } : expected,
  ];
}

/** Nobody's session was asked for. */
const SHUT = denies("closed");
/** Somebody's session is not enough. */
const NOT_YOU: Expected = { ...denies("closed"), log: `deny closed ${ALICE.uid}`, reads: 1 };

const operator = token({ roles: ["ops"] });
const OPERATOR = { ...ALICE_HEADERS, "x-gate-roles": "ops", "x-gate-idp": "main" };
const both = token({ roles: ["ops", "staff"] });
const BOTH = { ...ALICE_HEADERS, "x-gate-roles": "ops,staff", "x-gate-idp": "main" };

const WITHOUT_SESSION: GateCase[] = [
  ["a page", ...closed({}, SHUT)],
  ["a public page", ...closed({ path: "/public/x" }, SHUT)],
  ["a program", ...closed({ client: "program" }, { ...SHUT, as: "problem" } as Expected)],
  ["a form", ...closed({ method: "POST" }, SHUT)],
  [
    "a preflight",
    ...closed(
      {
        client: "fetch",
        method: "OPTIONS",
        path: "/api/x",
        headers: { Origin: "https://x.example", "Access-Control-Request-Method": "POST" },
      },
      { ...SHUT, as: "problem" } as Expected,
    ),
  ],
  ["a token of no form", ...closed({ session: "nonsense" }, SHUT)],
  ["two tokens", ...closed({ session: operator, cookies: `__Host-gate=${operator}` }, SHUT)],
  ["a path with an escape where that is fine", ...closed({ path: "/files/a%2Fb" }, SHUT)],
  ["a path with an escape where it is not", ...closed({ path: "/wiki/a%2Fb" }, denies("path"))],
  ["what no rule allows", ...closed({ path: "/nowhere" }, denies("rule"))],
  ["another host", ...closed({ host: "evil.example" }, denies("host"))],
];

const WITH_SESSION: GateCase[] = [
  ["somebody else", ...closed({ session: token({ roles: ["staff"] }) }, NOT_YOU)],
  ["somebody without a role", ...closed({ session: token() }, NOT_YOU)],
  ["somebody else at a public page", ...closed({ path: "/public/x", session: token({ roles: ["staff"] }) }, NOT_YOU)],
  ["a role with a longer name", ...closed({ session: token({ roles: ["ops-viewer", "xops"] }) }, NOT_YOU)],
  [
    "somebody else's program",
    ...closed({ client: "program", session: token() }, { ...NOT_YOU, as: "problem" } as Expected),
  ],
  ["an operator", ...closed({ session: operator }, passesWith(OPERATOR))],
  ["an operator at a public page", ...closed({ path: "/public/x", session: operator }, passesWith(OPERATOR))],
  ["an operator at their own pages", ...closed({ path: "/ops/x", session: operator }, passesWith(OPERATOR))],
  ["an operator, with an escape", ...closed({ path: "/files/a%2Fb", session: operator }, passesWith(OPERATOR))],
  [
    "the other role, whose name is encoded",
    ...closed(
      { path: "/ops/x", session: token({ roles: ["Domain Admins"] }) },
      passesWith({ ...ALICE_HEADERS, "x-gate-roles": "Domain%20Admins", "x-gate-idp": "main" }),
    ),
  ],
  ["an operator where another role is needed", ...closed({ path: "/staff/x", session: operator }, NOT_YOU)],
  ["an operator who has that role, too", ...closed({ path: "/staff/x", session: both }, passesWith(BOTH))],
  ["the same from the right provider", ...closed({ path: "/corp/x", session: both }, passesWith(BOTH))],
  [
    "the same from another provider",
    ...closed({ path: "/corp/x", session: token({ roles: ["ops", "staff"], idp: "partner" }) }, NOT_YOU),
  ],
  ["an operator where no rule allows anything", ...closed({ path: "/nowhere", session: operator }, denies("rule"))],
  [
    "an operator whose token expired",
    ...closed({ session: token({ roles: ["ops"], expiresAt: NOW - 1 }) }, signsIn("expired")),
  ],
  [
    "a form of an operator whose token expired",
    ...closed({ method: "POST", session: token({ roles: ["ops"], expiresAt: NOW - 1 }) }, returnsForm("expired")),
  ],
  [
    "a program of an operator whose token expired",
    ...closed({ client: "program", session: token({ roles: ["ops"], expiresAt: NOW - 1 }) }, asksToSignIn("expired")),
  ],
  [
    "somebody else whose token expired",
    ...closed({ session: token({ expiresAt: NOW - 1 }) }, { ...SHUT, reads: 1 } as Expected),
  ],
  ["a token with a forged role", ...closed({ session: forged() }, signsIn("mac"))],
  [
    "an operator who was revoked",
    ...closed(
      { session: operator, records: storeWith(shardRecord({ revokedSessions: [ALICE.sid] })) },
      signsIn("revoked"),
    ),
  ],
];

const WITHOUT_ROLES: GateCase[] = [
  ["a page of a site that is shut", { site: "shut" }, { ...SHUT, retryAfter: "300" } as Expected],
  [
    "a session without a role at a site that is shut",
    { site: "shut", session: token() },
    { ...NOT_YOU, retryAfter: "300" } as Expected,
  ],
  [
    "a session with a role at a site that is shut",
    { site: "shut", path: "/public/x", session: token({ roles: ["ops"] }) },
    { ...NOT_YOU, retryAfter: "300" } as Expected,
  ],
];

function forged(): string {
  return token({ roles: ["staff"] }).replace("staff", "ops");
}

export const MAINTENANCE_CASES: GateCase[] = [...WITHOUT_SESSION, ...WITH_SESSION, ...WITHOUT_ROLES].map(
  ([name, ...rest]) => [`closed: ${name}`, ...rest],
);
