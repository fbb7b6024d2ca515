/** What the diff says about people. */
import { peopleOf } from "../../../policy/people/people";
import { describePeople, differenceInWords } from "../../../policy/people/words";
import type { Allow } from "../../../policy/rule";

const PATH = "/teams/{team}/{user}";
const OFFICE = ["10.0.0.0/8", "2001:db8::/32"];
const roles = (...names: string[]) => ({ roles: names });

test.each<[string, Allow | undefined, Allow | undefined, gains: string[], loses: string[]]>([
  ["a path that opens", undefined, "public", ["everybody"], []],
  ["a path that no longer needs a session", "signed-in", "public", ["visitors who are not signed in"], []],
  ["a path that no longer needs a role", roles("a", "b"), "public", ["everybody without role a or b"], []],
  ["any role in place of one", roles("admin"), "signed-in", ["every signed-in user without role admin"], []],
  ["a role less", roles("a", "b"), roles("b"), [], ["role a without role b"]],
  ["another role", roles("a"), roles("b"), ["role b without role a"], ["role a without role b"]],
  ["roles in another order", roles("a", "b"), roles("b", "a", "a"), [], []],
  ["a role with a space", undefined, roles("Domain Users"), ['role "Domain Users"'], []],
  ["a provider", "signed-in", { idp: ["corp"] }, [], ["every signed-in user but not people of provider corp"]],
  ["a provider more", { idp: ["a"] }, { idp: ["a", "b"] }, ["people of provider b"], []],
  [
    "a role at a provider",
    { idp: ["corp"], roles: ["x"] },
    { idp: ["corp"] },
    ["people of provider corp without role x"],
    [],
  ],
  [
    "a provider for a role",
    { roles: ["x"] },
    { roles: ["x"], idp: ["a", "b"] },
    [],
    ["role x but not people of provider a or b"],
  ],
  [
    "another provider and another role",
    { roles: ["x"], idp: ["a"] },
    { roles: ["y"], idp: ["a", "b"] },
    ["people of provider b with role y", "people of provider a with role y without role x"],
    ["people of provider a with role x without role y"],
  ],
  ["a claim", undefined, { claims: { plan: ["premium"] } }, ["people whose claim plan is premium"], []],
  [
    "a claim more",
    "signed-in",
    { claims: { plan: ["premium"] } },
    [],
    ["every signed-in user whose claim plan is not premium"],
  ],
  ["the owner", undefined, { owner: "user" }, ["the owner (segment 3)"], []],
  [
    "the owner of a team, or an admin",
    roles("admin"),
    [{ owner: { segment: "team", claim: "teams" } }, { roles: ["admin"] }],
    ["the owner (segment 2 by claim teams) without role admin"],
    [],
  ],
  [
    "a network less",
    { roles: ["ops"], networks: OFFICE },
    { roles: ["ops"], networks: OFFICE.slice(0, 1) },
    [],
    ["role ops from network 2001:db8::/32"],
  ],
  [
    "a part of the network",
    { networks: ["10.1.0.0/16"] },
    { networks: ["10.0.0.0/15"] },
    ["every signed-in user from network 10.0.0.0/15 outside network 10.1.0.0/16"],
    [],
  ],
  [
    "any country",
    { roles: ["ops"], countries: ["DE", "AT"] },
    roles("ops"),
    ["role ops in an unknown country or any but DE or AT"],
    [],
  ],
  [
    "a country that is not allowed any more",
    "signed-in",
    { notCountries: ["RU"] },
    [],
    ["every signed-in user in country RU or an unknown one"],
  ],
  [
    "an older authentication, and a weaker one",
    { acr: ["mfa"], maxAge: 900 },
    { acr: ["mfa", "pwd"], maxAge: 3600 },
    [
      "people who signed in with acr pwd and who signed in within the last 1h",
      "people who signed in with acr mfa or pwd and who signed in within the last 1h and who did not sign in within the last 15m",
    ],
    [],
  ],
  [
    "a domain, and one address of another",
    { claims: { email: ["ann@b.example"] } },
    [{ emailDomains: ["a.example"] }, { claims: { email: ["ann@b.example"] } }],
    ["people whose e-mail address is at a.example"],
    [],
  ],
  [
    "another role of those that all are needed",
    { allRoles: ["a", "b"] },
    { allRoles: ["a", "c"], notRoles: ["d"] },
    ["role a with role c without role d or b"],
    ["role a with role b without role c", "role a with role b with role d"],
  ],
  [
    "a shorter window",
    { roles: ["ops"], during: { from: "2026-12-01T08:00:00Z", until: "2026-12-02T08:00:00Z" } },
    { roles: ["ops"], during: { from: "2026-12-01T08:00:00Z", until: "2026-12-02T08:00:00Z", hours: "08:00-18:00" } },
    [],
    ["role ops from 2026-12-01T08:00:00Z before 2026-12-02T08:00:00Z between 18:00 and 08:00 UTC"],
  ],
  [
    "days that the window does not have",
    { during: { from: "2026-12-01T08:00:00Z", until: "2026-12-02T08:00:00Z" } },
    { during: { from: "2026-12-01T08:00:00Z", until: "2026-12-02T08:00:00Z", days: ["tue", "wed", "sun"] } },
    [],
    [],
  ],
  ["both of two", [roles("a"), { notRoles: ["a"] }], "signed-in", [], []],
  [
    "an address that needs no session",
    "signed-in",
    [{ public: true, networks: OFFICE }, {}],
    ["visitors who are not signed in from network 10.0.0.0/8 or 2001:db8::/32"],
    [],
  ],
  ["halves of the address space", "public", [{ public: true, networks: ["0.0.0.0/1", "128.0.0.0/1", "::/0"] }], [], []],
])("%s", (_, before, after, gains, loses) => {
  const [had, have] = [peopleOf(before, PATH), peopleOf(after, PATH)];
  expect(differenceInWords(have, had)).toEqual(gains);
  expect(differenceInWords(had, have)).toEqual(loses);
});

test.each<[string, Allow, closedTo: string[], words: string]>([
  ["nobody", "public", [], "nobody"],
  ["a public path", "public", ["ops"], "role ops"],
  ["a path for roles", roles("a", "b"), ["ops"], "role a with role ops and role b with role ops"],
  ["a path for one of the roles that get in", roles("ops", "a"), ["ops"], "role ops"],
  ["a path for a provider", { idp: ["corp"] }, ["ops"], "people of provider corp with role ops"],
])("while the site is closed: %s", (_, allow, closedTo, words) => {
  expect(describePeople(peopleOf(allow, PATH, closedTo))).toBe(words);
});

test("what a group has anyway is not said again", () => {
  const [had, have] = [peopleOf(roles("a"), PATH, ["ops"]), peopleOf("signed-in", PATH, ["ops"])];
  expect(differenceInWords(have, had)).toEqual(["role ops without role a"]);
});
