/** Which resources belong to others. */
import type { Change, Plan } from "./plan";

/** Attributes that name what a resource belongs to. */
const OWNERS = ["bucket", "secret_id", "queue_url", "event_source_arn", "topic_arn", "function_name"];

/** True if what a resource belongs to is deleted as well: then its own deletion says nothing more. */
export function goesWithItsOwner({ changes }: Plan, { before }: Change): boolean {
  const owners = OWNERS.map((name) => before?.[name]).filter((value): value is string => typeof value === "string");
  return changes.some(
    ({ action, before: other }) =>
      action === "delete" &&
      other !== before &&
      [other?.["id"], other?.["arn"]].some((id) => owners.includes(String(id))),
  );
}
