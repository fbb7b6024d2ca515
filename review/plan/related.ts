/** Resources that belong to others. */
import type { Change, Plan } from "./plan";

/** Attributes that name the resource's owner. */
const OWNERS = ["bucket", "secret_id", "queue_url", "event_source_arn", "topic_arn", "function_name"];

/** True if the owner is deleted as well, so that the resource's own deletion is no news. */
export function isDeletedWithOwner({ changes }: Plan, { before }: Change): boolean {
  const owners = OWNERS.map((name) => before?.[name]).filter((value): value is string => typeof value === "string");
  return changes.some(
    ({ action, before: other }) =>
      action === "delete" &&
      other !== before &&
      [other?.["id"], other?.["arn"]].some((id) => owners.includes(String(id))),
  );
}
