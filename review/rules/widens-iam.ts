/** Permissions in AWS: roles, policies of resources, permissions to call functions. */
import { documentsOf, type Kind } from "../iam/documents";
import { gains, isBroadAction, isEverybody, isOpen, statementsIn, type Gain } from "../iam/policy-document";
import type { Change } from "../plan/plan";
import { isMarked, strings } from "../plan/values";
import { listed, say, words, type Sentence } from "../sentence";
import { aboutChanges, high, medium, type Findings, type Found } from "../rule";

const RESOURCE_POLICY = "A policy that lets others use it changes";

export const widensIam = aboutChanges({
  id: "widens-iam",
  title: "Widens permissions",
  help: "Compare with what the function or person needs. A gateway needs no permission for every action, every resource or every principal.",
  examine: (change) => [
    ...documentsOf(change).flatMap(([attribute, kind]) => document(change, attribute, kind)),
    ...attachments(change),
  ],
});

function document({ before, after }: Change, attribute: string, kind: Kind): Findings {
  if (after === undefined) return [];
  const [was, is] = [statementsIn(before?.[attribute]), statementsIn(after[attribute])];
  if (is === undefined)
    return [
      was !== undefined &&
        before?.[attribute] !== after[attribute] &&
        medium(say`${words(RESOURCE_POLICY)} to something that is not a policy document.`),
    ];
  // The permissions of a new resource are its purpose, so they are flagged only if they have no limits.
  if (was === undefined)
    return is
      .filter(
        (statement) =>
          statement.isAllow &&
          (isOpen(statement) || statement.isNegative || (kind === "identity" && statement.actions.some(isBroadAction))),
      )
      .map(({ actions, resources }) => high(say`New, and without bounds: ${listed(actions)} on ${listed(resources)}.`));
  const gained = gains(was, is);
  const groups = [...new Set(gained.map(({ statement }) => statement))].map((statement) =>
    gained.filter((gain) => gain.statement === statement),
  );
  return groups.map((group) => ({ severity: severityOf(group, kind), message: described(group) }));
}

function severityOf(group: readonly Gain[], kind: Kind): Found["severity"] {
  const isBroad = group.some(
    ({ action, resource, principal, statement, isDenialLost }) =>
      isDenialLost ||
      isBroadAction(action) ||
      (kind === "identity" && resource === "*") ||
      isEverybody(principal) ||
      statement.isNegative,
  );
  return isBroad || kind === "trust" ? "high" : "medium";
}

function described(group: readonly Gain[]): Sentence {
  const { statement, isDenialLost } = group[0]!;
  const all = (read: (gain: Gain) => string) => [...new Set(group.map(read))].filter((one) => one !== "");
  const [actions, resources, principals] = [
    all(({ action }) => action),
    all(({ resource }) => resource),
    all(({ principal }) => principal),
  ];
  const conditions = Object.keys(statement.conditions).length;
  return say`${words(isDenialLost ? "No longer denied: " : "Newly allowed: ")}${listed(actions)}${resources.length > 0 ? say` on ${listed(resources)}` : []}${principals.length > 0 ? say` to ${listed(principals)}` : []}${words(conditions > 0 ? ", under conditions" : "")}.`;
}

/** Permissions that are resources of their own. */
function attachments({ type, action, before, after, afterUnknown }: Change): Findings {
  if (after === undefined) return [];
  const isNew = action === "create" || action === "replace";
  switch (type) {
    case "aws_iam_role_policy_attachment":
    case "aws_iam_user_policy_attachment":
      return [isNew && high(say`The policy ${String(after["policy_arn"])} is attached.`)];
    case "aws_lambda_permission": {
      const isBound = ["source_arn", "source_account"].some(
        (name) => strings(after[name]).length > 0 || isMarked(afterUnknown, [name]),
      );
      const isService = String(after["principal"]).endsWith(".amazonaws.com");
      const isOld = before?.["principal"] === after["principal"];
      return [
        isNew &&
          !isOld &&
          (after["principal"] === "*" || !isService || !isBound) && {
            severity: after["principal"] === "*" ? "high" : "medium",
            message: say`${String(after["principal"])} may call the function ${String(after["function_name"])}.`,
          },
      ];
    }
    case "aws_iam_role": {
      const was = strings(before?.["managed_policy_arns"]);
      const added = strings(after["managed_policy_arns"]).filter((arn) => !was.includes(arn));
      const lost =
        strings(before?.["permissions_boundary"]).length > 0 && strings(after["permissions_boundary"]).length === 0;
      return [
        added.length > 0 && high(say`The role gets ${listed(added)}.`),
        lost && high(say`The role has no permissions boundary any more.`),
      ];
    }
    default:
      return [];
  }
}
