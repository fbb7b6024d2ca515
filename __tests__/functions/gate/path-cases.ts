/** What comes of each path of paths.ts on routes that let every readable path pass. */
import { denies, passesAsPublic, passesWith, signsIn, type GateCase } from "./case";
import { PATHS } from "./paths";
import { ALICE_HEADERS, token } from "./sessions";

const EVERYWHERE = PATHS.map(([path, reading]): GateCase => [
  `${JSON.stringify(path)} on a route without escapes`,
  { site: "open", path },
  reading === "plain" ? passesAsPublic() : denies("path"),
]);

const OPTED_IN = PATHS.filter(([path]) => path.startsWith("/")).map(([path, reading]): GateCase => [
  `${JSON.stringify(path)} on a route with escapes`,
  { site: "open", path: `/files${path}` },
  reading === "refused" ? denies("path") : passesAsPublic(),
]);

const LONG: GateCase[] = [
  ["a path of 2,048 characters", { site: "open", path: `/${"a".repeat(2047)}` }, passesAsPublic()],
  ["a path of 2,049 characters", { site: "open", path: `/${"a".repeat(2048)}` }, denies("path")],
];

const SIGNED_IN: GateCase[] = [
  [
    "an escape without a session on a route with escapes",
    { site: "open", path: "/vault/a%2fb" },
    signsIn("none", "/vault/a%2fb"),
  ],
  [
    "an escape with a session on a route with escapes",
    { site: "open", path: "/vault/a%2fb", session: token() },
    passesWith(ALICE_HEADERS),
  ],
  ["an escape with a session on a route without", { path: "/wiki/a%2fb", session: token() }, denies("path")],
  ["an escape where no rule is", { path: "/nowhere/a%2fb" }, denies("rule")],
  ["a rule's name behind an encoded slash", { site: "open", path: "/files%2fa" }, denies("path")],
];

export const PATH_CASES: GateCase[] = [...EVERYWHERE, ...OPTED_IN, ...LONG, ...SIGNED_IN];
