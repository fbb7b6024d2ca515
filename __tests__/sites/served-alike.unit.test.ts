/** The proof, compared with what the gate's own source decides for every path of small sites. */
import { checkAcross } from "../../config/cross-checks";
import { configSchema } from "../../config/schema";
import { implies, mayPass } from "../../policy/decision-table";
import { policyOf } from "../../policy/evaluate";
import type { Allow, PolicyRule } from "../../policy/rule";
import { canMatch } from "../../sites/meet";
import { ANY, DEEPER, familiesOf } from "../../sites/families";
import { matchesPattern } from "../../cloudfront/path-pattern";
import { servedPath } from "../../sites/source";
import { filesIn, type Place } from "../../sites/place";
import { deepLinksBeyondShell, foldersDecidedDifferently, pathsBeyondPage } from "../../sites/served-alike";

const NAMES = ["a", "b", "index.html", "404.html", "z", "c.d"];
/** Every path of at most three names, with and without a slash at its end. */
const PATHS = [
  "/",
  ...[1, 2, 3]
    .reduce<string[][]>(
      (all, depth) => [...all, (all[depth - 2] ?? [""]).flatMap((path) => NAMES.map((name) => `${path}/${name}`))],
      [],
    )
    .flat()
    .flatMap((path) => [path, `${path}/`]),
];
const PATTERNS = [
  "/",
  "/**",
  "/*",
  "/a",
  "/a/**",
  "/a/*",
  "/*/b",
  "/a/b",
  "/index.html",
  "/a/index.html",
  "/*/index.html",
  "/404.html",
];
const ALLOWS: Allow[] = [
  "public",
  "signed-in",
  { roles: ["r"] },
  { roles: ["r", "s"] },
  { idp: ["x"] },
  { roles: ["r"], idp: ["x"] },
];
/** Everybody whom a rule can tell apart. */
const PEOPLE = [
  undefined,
  ...[[], ["r"], ["s"], ["r", "s"]].flatMap((roles) => ["x", "y"].map((idp) => ({ roles, idp }))),
];

/** The same sequence every time. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
}

function somePolicy(pick: (below: number) => number): PolicyRule[] {
  return Array.from({ length: 1 + pick(5) }, () => ({
    path: PATTERNS[pick(PATTERNS.length)]!,
    allow: ALLOWS[pick(ALLOWS.length)]!,
    ...(pick(6) === 0 && { methods: [(["GET", "HEAD"] as const)[pick(2)]!] }),
    ...(pick(6) === 0 && { host: ["one.example.com", "two.example.com"][pick(2)]! }),
  }));
}

const HOSTS = ["one.example.com", "two.example.com"];
const PLACES: Place[][] = ["/a/*", "/*b*", "*"].flatMap((pattern) =>
  [false, true].map((spa): Place[] => [
    { pattern: "/b/*", site: undefined },
    { pattern, site: { index: "index.html", spa } },
    ...(pattern === "*" ? [] : [{ pattern: "*", site: undefined }]),
  ]),
);

const placesOfPaths = new Map(
  PLACES.map((places) => [
    places,
    new Map(PATHS.map((path) => [path, places.find(({ pattern }) => matchesPattern(pattern, path))!])),
  ]),
);

/** Who get a file, by one of its names, that they may not open by another. */
function leaks(policy: PolicyRule[], places: Place[], page?: string): string[] {
  const decide = policyOf(policy);
  const served = servedPath(places, filesIn(policy));
  const placeOf = placesOfPaths.get(places)!;
  return HOSTS.flatMap((host) =>
    ["GET", "HEAD"].flatMap((method) => {
      const known = new Map<string, string>();
      /** A digit for each person: 1 who may open the path. */
      const may = (path: string) => {
        const found = known.get(path) ?? whoMay(decide({ host, method, path })?.allow);
        known.set(path, found);
        return found;
      };
      return PATHS.flatMap((path) => {
        const { site } = placeOf.get(path)!;
        const file = page !== undefined && site ? page : served(path);
        const isLeak = page === undefined && !site?.spa ? may(path) !== may(file) : !isWithin(may(path), may(file));
        return isLeak ? [`${method} ${host}${path} → ${file}`] : [];
      });
    }),
  );
}

function whoMay(allow: Allow | undefined): string {
  return PEOPLE.map((person) =>
    allow === "public" || (allow && person && mayPass(allow, person.roles, person.idp)) ? "1" : "0",
  ).join("");
}

function isWithin(some: string, more: string): boolean {
  return [...some].every((may, i) => may === "0" || more[i] === "1");
}

describe.each(PLACES.map((places) => [JSON.stringify(places), places] as const))("of %s", (_, places) => {
  const place = places.find(({ site }) => site)!;

  test("120 policies: accepted only if no path of the site serves what its viewer may not open", () => {
    const pick = random(7);
    const counts = { accepted: 0, refused: 0, leaking: 0 };
    for (let i = 0; i < 120; i++) {
      const policy = somePolicy(pick);
      const question = { policy, hosts: HOSTS, places };
      const found = [...foldersDecidedDifferently(question, place), ...deepLinksBeyondShell(question, place)];
      const leaking = leaks(policy, places);
      counts[found.length === 0 ? "accepted" : "refused"]++;
      if (leaking.length > 0) counts.leaking++;
      if (found.length === 0) expect([policy, leaking]).toEqual([policy, []]);
    }
    expect(counts.accepted).toBeGreaterThan(5);
    expect(counts.leaking).toBeGreaterThan(20);
    // Nearly everything that is refused leaks in a short path; the rest differs in words only, as two lists of roles.
    expect(counts.refused).toBeLessThan(counts.leaking * 1.5);
  });

  test("120 policies: the page for what is missing is shown to nobody who may not open it", () => {
    const pick = random(11);
    let accepted = 0;
    for (let i = 0; i < 120; i++) {
      const policy = somePolicy(pick);
      const found = pathsBeyondPage({ policy, hosts: HOSTS, places }, place, "/404.html");
      if (found.length > 0) continue;
      accepted++;
      expect([policy, leaks(policy, places, "/404.html")]).toEqual([policy, []]);
    }
    expect(accepted).toBeGreaterThan(5);
  });
});

test("a requirement implies another if everybody who meets it meets the other", () => {
  for (const one of ALLOWS) {
    for (const other of ALLOWS) {
      const expected = isWithin(whoMay(one), whoMay(other));
      expect([one, other, implies(one, other)]).toEqual([one, other, expected]);
    }
  }
});

test("families are all paths that rules can tell apart", () => {
  expect(familiesOf(["/"])).toEqual(["", `/${DEEPER}`]);
  expect(familiesOf(["/a/*/b", "/**"])).toEqual([
    "",
    "/a",
    `/a/${ANY}`,
    `/a/${ANY}/b`,
    `/a/${ANY}/b/${DEEPER}`,
    `/a/${ANY}/${ANY}`,
    `/a/${ANY}/${ANY}/${DEEPER}`,
    `/${ANY}`,
    `/${ANY}/${DEEPER}`,
  ]);
});

test.each([
  ["/a/*", `/${ANY}/`, true],
  ["/a/*", `/${ANY}`, false],
  ["/a*", `/${ANY}`, true],
  ["/a/*/b", `/${DEEPER}`, true],
  ["/a", "/a", true],
  ["/a", "/b", false],
  ["/ab", `/${ANY}`, true],
  ["/*.js", `/x/${ANY}`, true],
  ["/x/*.js", `/y/${ANY}`, false],
])("%s and the family %j", (pattern, family, expected) => expect(canMatch(pattern, family)).toBe(expected));

test("a hundred rules are proven in time", () => {
  const policy: PolicyRule[] = Array.from({ length: 100 }, (_, i) => ({
    path: `/area${i}/*/part${i % 7}/**`,
    allow: "signed-in",
  }));
  const config = configSchema.parse({
    name: "big",
    domain: "app.example.com",
    hostedZoneId: "Z0123456789ABCDEFGHIJ",
    identityProviders: { main: { issuer: "https://login.example.com", clientId: "c" } },
    origin: { type: "s3" },
    policy: [...policy, { path: "/**", allow: "signed-in" }],
  });
  const start = performance.now();
  expect(checkAcross(config)).toEqual([]);
  expect(performance.now() - start).toBeLessThan(5_000);
});
