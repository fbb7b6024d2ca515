/** docs/plan-review.md names every rule of the review and of the check, and no other. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { HOLE_RULES } from "../../review/holes/holes";
import { RULES } from "../../review/rules/index";
import { CHANGES } from "../review/changes";
import { HOLES } from "../review/holes";

const page = readFileSync(join(__dirname, "../../docs/plan-review.md"), "utf8");

/** Of the tables' rows: a rule is alone in its cell. */
const named = (section: string) =>
  [
    ...page
      .split(section)[1]!
      .split("\n## ")[0]!
      .matchAll(/^\|.*?\| `([a-z-]+)` \|$|^\| `([a-z-]+)` \|/gm),
  ].map(([, last, first]) => (last ?? first)!);

test("every rule of the review has a row", () => {
  expect(named("### Rules").sort()).toEqual(RULES.map(({ id }) => id).sort());
});

test("every rule of the check has a row", () => {
  // No plan has a dynamic block: Terraform has carried it out by then.
  const rules = HOLE_RULES.map(({ id }) => id).filter((id) => id !== "no-dynamic-associations");
  expect(named("## `edgegate check PLAN.json`").sort()).toEqual(rules.sort());
});

test("every rule has a plan that it flags", () => {
  const flagged = new Set(CHANGES.flatMap(({ flags }) => flags.map((flag) => flag.split(" ")[0])));
  // In __tests__/review/rules.unit.test.ts: a plan with -target is none of all changes at once, and conditions of rules take
  // a state of their own.
  const elsewhere = ["incomplete-plan", "signs-everybody-out", "asks-for-less"];
  expect(RULES.map(({ id }) => id).filter((id) => !flagged.has(id) && !elsewhere.includes(id))).toEqual([]);
  const found = new Set(HOLES.flatMap(([, , rules]) => rules));
  expect(HOLE_RULES.map(({ id }) => id).filter((id) => !found.has(id))).toEqual([
    // In __tests__/stacks/decision-check.unit.test.ts: it takes API behaviors.
    "tokens-verified",
    "no-dynamic-associations",
  ]);
});
