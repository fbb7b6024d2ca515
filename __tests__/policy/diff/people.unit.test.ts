/** What the diff says about people. */
import { describePeople, difference, peopleOf } from "../../../policy/diff/people";
import type { Allow } from "../../../policy/rule";

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
    ["role x but not people of provider a or b with role x"],
  ],
  [
    "another provider and another role",
    { roles: ["x"], idp: ["a"] },
    { roles: ["y"], idp: ["a", "b"] },
    ["people of provider b with role y", "people of provider a with role y without role x"],
    ["people of provider a with role x without role y"],
  ],
])("%s", (_, before, after, gains, loses) => {
  const [had, have] = [peopleOf(before, undefined), peopleOf(after, undefined)];
  expect(difference(have, had)).toEqual(gains);
  expect(difference(had, have)).toEqual(loses);
});

test.each<[string, Allow, closedTo: string[], words: string]>([
  ["nobody", "public", [], "nobody"],
  ["a public path", "public", ["ops"], "role ops"],
  ["a path for roles", roles("a", "b"), ["ops"], "role a with role ops and role b with role ops"],
  ["a path for one of the roles that get in", roles("ops", "a"), ["ops"], "role ops"],
  ["a path for a provider", { idp: ["corp"] }, ["ops"], "people of provider corp with role ops"],
])("while the site is closed: %s", (_, allow, closedTo, words) => {
  expect(describePeople(peopleOf(allow, closedTo))).toBe(words);
});

test("what a group has anyway is not said again", () => {
  const [had, have] = [peopleOf(roles("a"), ["ops"]), peopleOf("signed-in", ["ops"])];
  expect(difference(have, had)).toEqual(["role ops without role a"]);
});
