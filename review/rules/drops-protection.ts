/** Protection of data against accidental deletion. */
import type { Change, Values } from "../plan/plan";
import { block } from "../plan/values";
import { say } from "../sentence";
import { aboutChanges, medium, type Findings } from "../rule";

type Examine = (before: Values, after: Values) => Findings;

const EXAMINE: Readonly<Record<string, Examine>> = {
  aws_dynamodb_table: (before, after) => [
    turnedOff(before, after, "deletion_protection_enabled") &&
      medium(say`The table ${String(after["name"])} can be deleted.`),
    block(before["point_in_time_recovery"])["enabled"] === true &&
      block(after["point_in_time_recovery"])["enabled"] !== true &&
      medium(say`The table ${String(after["name"])} can no longer be restored to an earlier time.`),
  ],
  aws_secretsmanager_secret: (before, after) => {
    const [was, is] = [before, after].map((values) => Number(values["recovery_window_in_days"] ?? 30));
    return [
      is! < was! &&
        medium(
          say`The deletion of the secret ${String(after["name"])} can be undone for ${is!} days instead of ${was!}.`,
        ),
    ];
  },
  aws_s3_bucket: (before, after) => [
    before["force_destroy"] !== true &&
      after["force_destroy"] === true &&
      medium(say`The bucket ${String(after["bucket"])} is deleted with its files when it is destroyed.`),
  ],
  aws_s3_bucket_versioning: (before, after) => {
    const [was, is] = [before, after].map((values) => block(values["versioning_configuration"])["status"]);
    return [was === "Enabled" && is !== "Enabled" && medium(say`Replaced and deleted files are no longer kept.`)];
  },
  aws_cognito_user_pool: (before, after) => [
    before["deletion_protection"] === "ACTIVE" &&
      after["deletion_protection"] !== "ACTIVE" &&
      medium(say`The user pool ${String(after["name"])} can be deleted.`),
  ],
};

export const dropsProtection = aboutChanges({
  id: "drops-protection",
  title: "Turns off protection against deletion",
  help: "This is often the first of two steps, and the second one deletes. Ask for the second step.",
  types: Object.keys(EXAMINE),
  examine: ({ type, before, after, action }: Change) =>
    action === "update" && before && after ? EXAMINE[type]!(before, after) : [],
});

function turnedOff(before: Values, after: Values, name: string): boolean {
  return before[name] === true && after[name] !== true;
}
