/** What the origin learns, and what it must not see: spoofed identity headers, the gateway's cookies, odd claims. */
import { FLOW_COOKIE_PREFIX, REFRESH_COOKIE, SIGN_INS_COOKIE } from "../../../session/cookies";
import type { Session } from "../../../session/token";
import { denies, passesAsPublic, passesWith, type GateCase } from "./case";
import { ALICE_HEADERS, token } from "./sessions";

const TOKEN = token();

/**
 * Headers of a viewer that names itself somebody: the gateway's, the config's, one of another config, and spellings
 * that many servers read as the same name.
 */
const SPOOFED = [
  ...["x-gate-user", "x-gate-email", "x-gate-roles", "x-gate-session", "x-gate-idp", "x-gate-assertion"],
  ...["x-gate-origin-secret", "x_gate_origin_secret", "x.gate.origin.secret"],
  ...["x-gate-department", "x-gate-office", "x-gate-unknown"],
  ...["x_gate_user", "x_gate-roles", "x-gate_email", "x.gate.roles", "x-gate.roles", "x~gate|user", "x^gate^user"],
];
/** Headers from which servers and frameworks take another host, path, method or user than the request's. */
const MISLEADING = [
  ...["forwarded", "x-forwarded-prefix", "x-forwarded-for", "x-forwarded-user", "x_forwarded_host", "x.forwarded.port"],
  ...["x-original-url", "x-original-host", "x_original_url", "x-rewrite-url", "x.rewrite.url"],
  ...["x-http-method-override", "x-http-method", "x-method-override", "x_http_method_override", "x-http-host-override"],
];
const ALL_SPOOFED = Object.fromEntries(SPOOFED.map((name) => [name, "mallory"]));

const HEADERS: GateCase[] = [
  ...[...SPOOFED, ...MISLEADING].flatMap((name): GateCase[] => [
    [
      `${name} from a viewer, on a public route`,
      { path: "/public/x", headers: { [name]: "mallory" } },
      passesAsPublic({ removes: [name] }),
    ],
    [
      `${name} from a viewer, on a public route with a session`,
      { path: "/public/x", headers: { [name]: "mallory" }, session: TOKEN },
      passesAsPublic({ removes: [name] }),
    ],
    [
      `${name} from a viewer who is signed in`,
      { headers: { [name]: "mallory" }, session: TOKEN },
      passesWith(ALICE_HEADERS, { removes: [name] }),
    ],
  ]),
  ["all of them at once", { headers: ALL_SPOOFED, session: TOKEN }, passesWith(ALICE_HEADERS, { removes: SPOOFED })],
  [
    "all of them in upper case",
    { headers: Object.fromEntries(SPOOFED.map((name) => [name.toUpperCase(), "mallory"])), session: TOKEN },
    passesWith(ALICE_HEADERS, { removes: SPOOFED }),
  ],
  [
    "a forwarded host is the host that was decided on",
    { headers: { "X-Forwarded-Host": "evil.example" }, session: TOKEN },
    passesWith(ALICE_HEADERS),
  ],
  [
    "an e-mail address for a session without one",
    { headers: { "x-gate-email": "mallory" }, session: token({ email: "" }) },
    passesWith(
      {
        "x-gate-user": ALICE_HEADERS["x-gate-user"],
        "x-gate-session": ALICE_HEADERS["x-gate-session"],
      },
      { removes: ["x-gate-email"] },
    ),
  ],
  [
    "headers of the application stay",
    {
      headers: {
        "X-User": "app",
        "X-Gateway": "app",
        "X-Gate": "app",
        "X-Gate2-User": "app",
        "X-Origin-Id": "app",
        "X-Requested-With": "app",
        ForwardedFor: "app",
        "My-X-Gate-User": "app",
        Y: "app",
        Authorization: "Basic eDp5",
      },
      session: TOKEN,
    },
    passesWith(ALICE_HEADERS),
  ],
];

const GATE_COOKIES = [
  `${FLOW_COOKIE_PREFIX}Ab3_-xyZ`,
  REFRESH_COOKIE,
  SIGN_INS_COOKIE,
  "__Host-gate-of-a-newer-version",
];

const COOKIES: GateCase[] = [
  [
    "the session stays at the gate",
    { session: TOKEN, cookies: "theme=dark" },
    passesWith(ALICE_HEADERS, { cookies: { theme: "dark" } }),
  ],
  [
    "the session stays at the gate on a public route",
    { path: "/public/x", session: TOKEN, cookies: "theme=dark" },
    passesAsPublic({ cookies: { theme: "dark" } }),
  ],
  ["a forged session stays at the gate on a public route", { path: "/public/x", session: "forged" }, passesAsPublic()],
  [
    "two sessions stay at the gate on a public route",
    { path: "/public/x", session: TOKEN, cookies: `__Host-gate=${TOKEN}` },
    passesAsPublic(),
  ],
  ...GATE_COOKIES.flatMap((name): GateCase[] => [
    [
      `${name} stays at the gate`,
      { session: TOKEN, cookies: `a=1; ${name}=secret; z=2` },
      passesWith(ALICE_HEADERS, { cookies: { a: "1", z: "2" } }),
    ],
    [
      `${name} stays at the gate on a public route`,
      { path: "/public/x", cookies: `${name}=secret; ${name}=twice` },
      passesAsPublic(),
    ],
  ]),
  [
    "all of them stay at the gate",
    { session: TOKEN, cookies: GATE_COOKIES.map((name) => `${name}=secret`).join("; ") },
    passesWith(ALICE_HEADERS),
  ],
  [
    "cookies of the application pass",
    {
      session: TOKEN,
      cookies: "__Host-app=1; __Secure-app=2; gate=3; _=4; x__Host-gate=5; constructor=6; __host-gate=7; empty=",
    },
    passesWith(ALICE_HEADERS, {
      cookies: {
        "__Host-app": "1",
        "__Secure-app": "2",
        gate: "3",
        _: "4",
        "x__Host-gate": "5",
        constructor: "6",
        "__host-gate": "7",
        empty: "",
      },
    }),
  ],
];

const many = (count: number, nameOf: (i: number) => string): string[] =>
  Array.from({ length: count }, (_, i) => nameOf(i));
const headersOf = (names: string[]) => Object.fromEntries(names.map((name) => [name, "1"]));
const cookiesOf = (names: string[]) => names.map((name) => `${name}=1`).join("; ");
/** Of a navigation without cookies, in these cases. */
const OWN_HEADERS = 5;

/** The most headers and cookies that pass, and one more. */
const SIZES: GateCase[] = [
  [
    "100 headers",
    { headers: headersOf(many(100 - OWN_HEADERS, (i) => `h${i}`)), session: TOKEN },
    passesWith(ALICE_HEADERS),
  ],
  [
    "101 headers",
    { headers: headersOf(many(101 - OWN_HEADERS, (i) => `h${i}`)), session: TOKEN },
    denies("size", "page", 1),
  ],
  [
    "101 headers on a public route",
    { path: "/public/x", headers: headersOf(many(96, (i) => `h${i}`)) },
    denies("size"),
  ],
  ["48 headers after x", { path: "/public/x", headers: headersOf(many(48, (i) => `y${i}`)) }, denies("size")],
  [
    "19 headers of the gateway",
    { path: "/public/x", headers: headersOf(many(19, (i) => `x-gate-${i}`)) },
    passesAsPublic({ removes: many(19, (i) => `x-gate-${i}`) }),
  ],
  [
    "20 headers of the gateway",
    { path: "/public/x", headers: headersOf(many(20, (i) => `x-gate-${i}`)) },
    denies("size"),
  ],
  [
    "200 cookies",
    { session: TOKEN, cookies: cookiesOf(many(200, (i) => `c${i}`)) },
    passesWith(ALICE_HEADERS, { cookies: headersOf(many(200, (i) => `c${i}`)) }),
  ],
  ["201 cookies", { session: TOKEN, cookies: cookiesOf(many(201, (i) => `c${i}`)) }, denies("size", "page", 1)],
  [
    "40 cookies of the gateway",
    { session: TOKEN, cookies: cookiesOf(many(40, (i) => `__Host-gate-${i}`)) },
    passesWith(ALICE_HEADERS),
  ],
  [
    "41 cookies of the gateway",
    { session: TOKEN, cookies: cookiesOf(many(41, (i) => `__Host-gate-${i}`)) },
    denies("size", "page", 1),
  ],
  [
    "201 cookies asked by a program",
    { path: "/public/x", client: "program", cookies: cookiesOf(many(201, (i) => `c${i}`)) },
    denies("size", "problem"),
  ],
  [
    "an unusual path with 201 cookies is refused before it is read",
    { path: "/a//b", cookies: cookiesOf(many(201, (i) => `c${i}`)) },
    denies("size"),
  ],
  ["an unusual path with 101 headers", { path: "/a//b", headers: headersOf(many(96, (i) => `h${i}`)) }, denies("size")],
  [
    "an unusual path with 200 cookies",
    { path: "/a//b", cookies: cookiesOf(many(200, (i) => `c${i}`)) },
    denies("path"),
  ],
];

/** Claims of a session and what the origin is told beside the usual. */
const CLAIMS: GateCase[] = (
  [
    ["a claim of the config", { claims: { department: ["Sales"] } }, { "x-gate-department": "Sales" }],
    [
      "two claims",
      { claims: { department: ["Sales"], office: ["Berlin"] } },
      { "x-gate-department": "Sales", "x-gate-office": "Berlin" },
    ],
    [
      "claims in another order",
      { claims: { office: ["Berlin"], department: ["Sales"] } },
      { "x-gate-department": "Sales", "x-gate-office": "Berlin" },
    ],
    ["a claim that the config does not name", { claims: { salary: ["9"] } }, {}],
    ["an empty claim", { claims: { department: [""] } }, {}],
    [
      "a claim whose value is another claim's name",
      { claims: { department: ["office"], office: ["Berlin"] } },
      { "x-gate-department": "office", "x-gate-office": "Berlin" },
    ],
    ["an unknown claim whose value is a claim's name", { claims: { salary: ["department"], x: ["y"] } }, {}],
    [
      "the same, behind the real one",
      { claims: { department: ["Sales"], salary: ["department"], x: ["y"] } },
      { "x-gate-department": "Sales" },
    ],
    [
      "an e-mail address that is a claim's name",
      { email: "department", claims: { office: ["Berlin"] } },
      { "x-gate-email": "department", "x-gate-office": "Berlin" },
    ],
    [
      "a claim with several values, each as it is",
      { claims: { department: ["a,b", "c!d", "Süd"] } },
      { "x-gate-department": "a%2Cb,c%21d,S%C3%BCd" },
    ],
    ["a claim beyond ASCII", { claims: { department: ["Süd 東"] } }, { "x-gate-department": "S%C3%BCd%20%E6%9D%B1" }],
    [
      "a claim with a line break",
      { claims: { department: ["a\r\nx-gate-roles: admin"] } },
      { "x-gate-department": "a%0D%0Ax-gate-roles:%20admin" },
    ],
    [
      "a claim with the separators of the token",
      { claims: { department: ["a~b!c.d"] } },
      { "x-gate-department": "a%7Eb%21c.d" },
    ],
    [
      "an e-mail address with unusual characters",
      { email: "o'brien+x@example.com" },
      { "x-gate-email": "o%27brien%2Bx@example.com" },
    ],
    ["claims of the names of other fields", { claims: { "x-gate-user": ["mallory"], uid: ["mallory"] } }, {}],
  ] satisfies [string, Partial<Session>, Record<string, string>][]
).map(([name, session, told]) => [name, { session: token(session) }, passesWith({ ...ALICE_HEADERS, ...told })]);

export const IDENTITY_CASES: GateCase[] = [...HEADERS, ...COOKIES, ...SIZES, ...CLAIMS];
