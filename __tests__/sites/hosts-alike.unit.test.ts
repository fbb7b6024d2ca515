/** Paths that hosts decide differently, compared with what the gate's own source decides for every path of small sites. */
import { matchesPattern } from "../../cloudfront/path-pattern";
import { policyOf } from "../../policy/evaluate";
import type { Allow, PolicyRule } from "../../policy/rule";
import { pathsDecidedByHost } from "../../sites/hosts-alike";
import type { Place } from "../../sites/place";

const HOSTS = ["one.example.com", "two.example.com", "three.example.com"];
const NAMES = ["a", "b", "z"];
const PATHS = ["/", ...NAMES.flatMap((name) => [`/${name}`, `/${name}/`, ...NAMES.map((last) => `/${name}/${last}`)])];
const PATTERNS = ["/", "/**", "/*", "/a", "/a/**", "/*/b", "/a/b"];
const ALLOWS: Allow[] = ["public", "signed-in", { roles: ["r"] }];
const site = { index: false, spa: false } as const;
const PLACES: Place[][] = [
  [{ pattern: "*", site }],
  [
    { pattern: "/a/*", site: undefined },
    { pattern: "*", site },
  ],
];

/** The same sequence every time. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
}

function isDecidedByHost(policy: PolicyRule[], places: Place[], place: Place): boolean {
  const decide = policyOf(policy);
  return PATHS.filter((path) => places.find(({ pattern }) => matchesPattern(pattern, path)) === place).some((path) =>
    ["GET", "HEAD"].some((method) => {
      const all = HOSTS.flatMap((host) => {
        const required = decide({ host, method, path });
        return required ? [JSON.stringify(required.allow)] : [];
      });
      return new Set(all).size > 1;
    }),
  );
}

test("finds every policy that decides a path of the place by host, and no other", () => {
  const pick = random(7);
  const counts = { different: 0, alike: 0 };
  for (let i = 0; i < 1500; i++) {
    const policy = Array.from({ length: 1 + pick(4) }, () => ({
      path: PATTERNS[pick(PATTERNS.length)]!,
      allow: ALLOWS[pick(ALLOWS.length)]!,
      ...(pick(3) === 0 && { methods: [(["GET", "HEAD", "POST"] as const)[pick(3)]!] }),
      ...(pick(2) === 0 && { host: HOSTS[pick(3)]! }),
    }));
    const places = PLACES[pick(2)]!;
    for (const place of places) {
      const found = pathsDecidedByHost({ policy, hosts: HOSTS, places }, place);
      const isDifferent = isDecidedByHost(policy, places, place);
      expect({ policy, pattern: place.pattern, isFound: found.length > 0 }).toEqual({
        policy,
        pattern: place.pattern,
        isFound: isDifferent,
      });
      counts[isDifferent ? "different" : "alike"]++;
    }
  }
  expect(counts.different).toBeGreaterThan(300);
  expect(counts.alike).toBeGreaterThan(300);
});

test("says which rules of which hosts differ", () => {
  const policy: PolicyRule[] = [
    { host: "one.example.com", path: "/docs/**", allow: "public" },
    { path: "/**", allow: { roles: ["staff"] } },
  ];
  expect(pathsDecidedByHost({ policy, hosts: HOSTS, places: PLACES[0]! }, PLACES[0]![0]!)).toEqual([
    {
      path: "/docs",
      sides: [
        { host: "one.example.com", rule: 0, may: "public" },
        { host: "two.example.com", rule: 1, may: "staff" },
      ],
    },
  ]);
});
