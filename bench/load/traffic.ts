/**
 * The mix of requests: each kind's request, and the facts for its expectation. It is the same in every run of a seed.
 */
import type { Session } from "../../session/token";
import { SESSION_COOKIE } from "../../session/cookies";
import { SCRIPT_ORIGIN } from "./config";
import type { Person } from "./people";

/** A request, and the facts from which the expectation follows. */
export interface Ask {
  kind: string;
  /** With the port. */
  host: string;
  method: string;
  path: string;
  query?: string;
  headers: [name: string, value: string][];
  body?: string;
  client: "navigation" | "program";
  isApi: boolean;
  /** The sender of the token, valid or not. */
  person?: Person;
  session?: Session;
  /** The reason why the token, if there is one, is invalid: the code from docs/operations.md. */
  wrong?: string;
  /** The refusal before any rule applies. */
  refused?: "host" | "path" | "size" | "preflight";
  hasAuthorization: boolean;
  isSameOrigin: boolean;
  /** The `Origin` header. */
  origin?: string;
  isOriginListed: boolean;
  /** The cookies that must be left for the origin. */
  cookies?: string;
}

export interface World {
  /** Hosts with the port: the main one, the one with public documents, the one with orders. */
  hosts: readonly string[];
  people: readonly Person[];
  /** Issuer whose tokens the API takes. */
  issuer: string;
}

type Random = (below: number) => number;

/** Park-Miller: https://dl.acm.org/doi/10.1145/63039.63042. @returns whole numbers from 0 and below the argument */
export function random(seed: number): Random {
  let state = seed;
  return (below) => (state = (state * 48_271) % 2_147_483_647) % below;
}

const NAVIGATION: [string, string][] = [
  ["accept", "text/html,application/xhtml+xml"],
  ["sec-fetch-mode", "navigate"],
  ["sec-fetch-dest", "document"],
];
const PROGRAM: [string, string][] = [["accept", "application/json"]];

/** For each path, some people have access and some do not. */
const PLACES = [
  ...["/", "/wiki/page", "/admin/users", "/admin/drafts/1", "/staff", "/staff/list/", "/audit/2026", "/premium/a"],
  ...["/keys/1", "/partners/x", "/mail/in", "/public/site.css", "/nested/a/b/c/d"],
];
/** By the rules of the main host, a path with these escapes is not ambiguous. */
const ESCAPED_PLACES = ["/files/a%2Fb", "/files/a;b"];
const API_PLACES = ["/api/orders", "/api/orders/7", "/api/admin/x", "/api/reports/2026", "/api/public/x"];
/** Paths that origins could read in two ways. */
const HOSTILE_PATHS = [
  ...[
    "//admin/users",
    "/public/../admin/users",
    "/public/%2e%2e/admin",
    "/public/./x",
    "/%61dmin/users",
    "/admin%2Fusers",
  ],
  ...["/admin;x=1/users", "/public\\..\\admin", "/public/%00", "/public/%c0%af", "/public/%", "/wiki/%2", "/public//x"],
  ...["/api//orders", "/api/..%2fadmin/x", "/api/%2e%2e/admin", "/files/..%2f..%2fadmin"],
];

type Maker = (
  next: Random,
  world: World,
) => Omit<Ask, "kind" | "hasAuthorization" | "isSameOrigin" | "isApi" | "isOriginListed"> &
  Partial<Pick<Ask, "isSameOrigin" | "isOriginListed">>;

const one = <T>(next: Random, all: readonly T[]): T => all[next(all.length)]!;
const cookie = (value: string): [string, string] => ["cookie", `${SESSION_COOKIE}=${value}`];
const client = (next: Random) => (next(3) === 0 ? "program" : "navigation") as Ask["client"];
const headersOf = (kind: Ask["client"]) => (kind === "navigation" ? NAVIGATION : PROGRAM);

/** A path, and how a person requests it. */
function visit(next: Random, { hosts }: World): Pick<Ask, "host" | "method" | "path" | "query" | "headers" | "client"> {
  const how = client(next);
  const host = next(6) === 0 ? one(next, hosts) : hosts[0]!;
  const places = { [hosts[0]!]: [...PLACES, ...ESCAPED_PLACES], [hosts[2]!]: ["/orders/7", "/cart"] };
  const path = one(next, places[host] ?? PLACES);
  const method = next(20) === 0 ? "HEAD" : next(20) === 0 ? "DELETE" : "GET";
  return {
    host,
    method,
    path,
    ...(next(4) === 0 && { query: `q=${next(1000)}&r=a%20b` }),
    headers: headersOf(how),
    client: how,
  };
}

function call(
  next: Random,
  { hosts }: World,
  places = API_PLACES,
): Pick<Ask, "host" | "method" | "path" | "headers" | "client"> {
  return {
    host: hosts[0]!,
    method: next(4) === 0 ? "PUT" : "GET",
    path: one(next, places),
    headers: PROGRAM,
    client: "program",
  };
}

/** A JWT that nobody signed. */
function jwt(claims: object, header: object = { alg: "RS256", typ: "at+jwt", kid: "1" }): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part(header)}.${part(claims)}.${"c2ln".repeat(20)}`;
}

const seconds = () => Math.floor(Date.now() / 1000);

/** A token with one character changed: in its fields or in its MAC. */
function tampered(next: Random, token: string): string {
  const at = next(2) === 0 ? token.length - 1 - next(40) : 12 + next(20);
  return token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
}

/** By kind: its share of the requests in percent, and how to make one. */
const KINDS: Record<string, [share: number, make: Maker]> = {
  "a session": [
    22,
    (next, world) => {
      const asked = visit(next, world);
      const person = one(next, world.people);
      return { ...asked, headers: [...asked.headers, cookie(person.cookie)], person, session: person.session };
    },
  ],
  "an owner's page": [
    6,
    (next, world) => {
      const person = one(next, world.people);
      const owner = next(2) === 0 ? person : one(next, world.people);
      const method = one(next, ["PUT", "GET", "DELETE"]);
      return {
        host: world.hosts[0]!,
        method,
        path: `/profile/${owner.session.uid}${next(3) === 0 ? "/" : ""}`,
        headers: [...PROGRAM, cookie(person.cookie)],
        ...(method === "PUT" && { body: "name=x" }),
        client: "program",
        person,
        session: person.session,
      };
    },
  ],
  "nobody signed in": [9, (next, world) => visit(next, world)],
  "an expired session": [
    5,
    (next, world) => {
      const asked = visit(next, world);
      return { ...asked, headers: [...asked.headers, cookie(one(next, world.people).expired)], wrong: "expired" };
    },
  ],
  "a session that was tampered with": [
    5,
    (next, world) => {
      const asked = visit(next, world);
      const token = tampered(next, one(next, world.people).cookie);
      return { ...asked, headers: [...asked.headers, cookie(token)], wrong: "mac" };
    },
  ],
  "two session cookies": [
    3,
    (next, world) => {
      const asked = visit(next, world);
      const [a, b] = [one(next, world.people).cookie, one(next, world.people).cookie];
      const both: [string, string] = ["cookie", `${SESSION_COOKIE}=${a}; ${SESSION_COOKIE}=${b}`];
      return { ...asked, headers: [...asked.headers, both], wrong: "several" };
    },
  ],
  "no token in the cookie": [
    2,
    (next, world) => {
      const asked = visit(next, world);
      const value = one(next, ["x", "2.", "2..~.", "1.a.b.c", `2.${"k".repeat(9)}.x.y`, "3.k1.x.y"]);
      return { ...asked, headers: [...asked.headers, cookie(value)], wrong: "form" };
    },
  ],
  "a form": [
    4,
    (next, world) => {
      const person = one(next, world.people);
      const isExpired = next(2) === 0;
      const isSignedIn = !isExpired && next(3) > 0;
      const isSameOrigin = next(4) !== 0;
      return {
        host: world.hosts[0]!,
        method: "POST",
        path: "/forms/order",
        headers: [
          ...NAVIGATION,
          ["sec-fetch-site", isSameOrigin ? "same-origin" : "cross-site"],
          ["content-type", "application/x-www-form-urlencoded"],
          ...(isExpired || isSignedIn ? [cookie(isExpired ? person.expired : person.cookie)] : []),
        ],
        body: "item=7&amount=1",
        client: "navigation",
        isSameOrigin,
        ...(isExpired && { wrong: "expired" }),
        ...(isSignedIn && { person, session: person.session }),
      };
    },
  ],
  "headers of the gateway": [
    5,
    (next, world) => {
      const asked = visit(next, world);
      const person = one(next, world.people);
      const cookies = `${SESSION_COOKIE}=${person.cookie}; __Host-gate2=x; __Secure-gate-r=y; theme=dark`;
      return {
        ...asked,
        headers: [
          ...asked.headers,
          ["X-Gate-User", "root"],
          ["x-gate-roles", "admin,staff"],
          ["X_Gate_Email", "root@example.com"],
          ["x-forwarded-host", "evil.example.com"],
          ["x-original-url", "/admin/users"],
          ["x-http-method-override", "DELETE"],
          ["forwarded", "host=evil.example.com"],
          ...(next(2) === 0 ? [["connection", "keep-alive, x-gate-user, x-gate-roles"] as [string, string]] : []),
          ["cookie", cookies],
        ],
        person,
        session: person.session,
        cookies: "theme=dark",
      };
    },
  ],
  "a path that can be read in two ways": [
    5,
    (next, world) => {
      const path = one(next, HOSTILE_PATHS);
      const how = client(next);
      const person = one(next, world.people);
      return {
        host: world.hosts[0]!,
        method: "GET",
        path,
        headers: [...headersOf(how), cookie(person.cookie)],
        client: how,
        refused: "path",
      };
    },
  ],
  "another host": [
    3,
    (next, world) => {
      const port = world.hosts[0]!.split(":")[1];
      const host = one(next, ["evil.example.com", `evil.localhost:${port}`, "app.localhost", `app.localhost.:${port}`]);
      const person = one(next, world.people);
      const asked = visit(next, world);
      return { ...asked, host, headers: [...asked.headers, cookie(person.cookie)], refused: "host" };
    },
  ],
  "too many headers": [
    1,
    (next, world) => {
      const asked = visit(next, world);
      const more = Array.from({ length: 120 }, (_, i): [string, string] => [`a-${i}`, "1"]);
      return {
        ...asked,
        path: "/public/site.css",
        host: world.hosts[0]!,
        method: "GET",
        headers: [...asked.headers, ...more],
        refused: "size",
      };
    },
  ],
  "an edge token": [
    9,
    (next, world) => {
      const asked = call(next, world);
      const person = one(next, world.people);
      const scheme = one(next, ["Bearer", "bearer", "BEARER"]);
      const headers: [string, string][] = [...asked.headers, ["authorization", `${scheme} ${person.bearer}`]];
      return { ...asked, headers, person, session: person.session };
    },
  ],
  "a session at the API": [
    5,
    (next, world) => {
      const asked = call(next, world);
      const person = one(next, world.people);
      return { ...asked, headers: [...asked.headers, cookie(person.cookie)], person, session: person.session };
    },
  ],
  "no token at the API": [3, (next, world) => call(next, world)],
  "a token in the wrong place": [
    2,
    (next, world) => {
      const asked = call(next, world);
      const person = one(next, world.people);
      const wrongly: [string, string] =
        next(2) === 0 ? ["authorization", `Bearer ${person.cookie}`] : cookie(person.bearer);
      return { ...asked, headers: [...asked.headers, wrongly], wrong: "form" };
    },
  ],
  "a JWT that the gate refuses": [
    6,
    (next, world) => {
      const asked = call(
        next,
        world,
        API_PLACES.filter((path) => path !== "/api/public/x"),
      );
      const good = { iss: world.issuer, exp: seconds() + 600, aud: "https://api.example.com", sub: "x" };
      const token = one(next, [
        jwt({ ...good, exp: seconds() - 120 }),
        jwt({ ...good, exp: "soon" }),
        jwt({ ...good, iss: "https://evil.example.com" }),
        jwt({ ...good, iss: [world.issuer] }),
        `${jwt(good)}.x`,
        jwt(good).slice(1),
        `eyJ${".".repeat(2)}`,
        `eyJ${"%".repeat(500)}.x.y`,
        ".".repeat(500),
        "SlAV32hkKG",
      ]);
      const scheme = next(8) === 0 ? "Basic" : "Bearer";
      return { ...asked, headers: [...asked.headers, ["authorization", `${scheme} ${token}`]], wrong: "JWT" };
    },
  ],
  "a JWT that nobody signed": [
    1,
    (next, world) => {
      const asked = call(next, world, ["/api/orders", "/api/admin/x"]);
      const token = jwt({ iss: world.issuer, exp: seconds() + 600, aud: "https://api.example.com", sub: "x" });
      return { ...asked, headers: [...asked.headers, ["authorization", `Bearer ${token}`]], wrong: "JWT" };
    },
  ],
  "a preflight": [
    4,
    (next, world) => {
      const asked = call(next, world);
      const origin = one(next, [
        SCRIPT_ORIGIN,
        SCRIPT_ORIGIN,
        "https://evil.example.com",
        "null",
        `${SCRIPT_ORIGIN}.evil.example`,
      ]);
      return {
        ...asked,
        method: "OPTIONS",
        headers: [
          ["origin", origin],
          ["access-control-request-method", "PUT"],
          ["access-control-request-headers", "authorization"],
        ],
        refused: "preflight",
        origin,
        isOriginListed: origin === SCRIPT_ORIGIN,
      };
    },
  ],
};

export const TRAFFIC_KINDS = Object.keys(KINDS);

const TURNS = Object.entries(KINDS).flatMap(([kind, [share]]) => Array.from({ length: share }, () => kind));

/** @returns makes one request after another, in an order that the seed decides */
export function traffic(world: World, seed: number): () => Ask {
  const next = random(seed);
  return () => {
    const kind = one(next, TURNS);
    const made = KINDS[kind]![1](next, world);
    return {
      isSameOrigin: false,
      isOriginListed: false,
      ...made,
      kind,
      isApi: /^\/api\//.test(made.path),
      hasAuthorization: made.headers.some(([name]) => name === "authorization"),
    };
  };
}
