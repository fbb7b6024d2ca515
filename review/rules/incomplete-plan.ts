/** A plan that shows only a part of Terraform's changes. */
import { say } from "../sentence";
import type { Rule } from "../rule";

export const incompletePlan: Rule = {
  id: "incomplete-plan",
  title: "Leaves something out",
  // https://developer.hashicorp.com/terraform/cli/commands/plan#resource-targeting
  help: "Plan again without -target. A deferred change shows up only after an apply.",
  find: ({ isComplete, changes }) =>
    isComplete
      ? []
      : [
          {
            severity: "medium",
            address: changes[0]?.address ?? "plan",
            message: say`The plan is not complete: Terraform left changes out, because of -target or because they were deferred.`,
          },
        ],
};
