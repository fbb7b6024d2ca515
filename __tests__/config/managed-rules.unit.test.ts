import { groupOfRule, labelOfRule, MANAGED_GROUP_NAMES, MANAGED_GROUPS } from "../../config/managed-rules";
import { AWS_LABELS } from "../support/aws-managed-rules";

test.each(MANAGED_GROUP_NAMES)("%s has the rules and labels that AWS lists", (group) => {
  const { name, rules } = MANAGED_GROUPS[group];
  expect(rules.map((rule) => [rule, labelOfRule(rule)])).toEqual(Object.entries(AWS_LABELS[name]!));
});

test("a rule's name alone says its group", () => {
  for (const group of MANAGED_GROUP_NAMES)
    for (const rule of MANAGED_GROUPS[group].rules) expect([rule, groupOfRule(rule)]).toEqual([rule, group]);
  expect(groupOfRule("toString")).toBeUndefined();
});
