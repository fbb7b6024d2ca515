/** Lines of the access log, with the fields that the stack asks CloudFront for, and no others. */
import { ACCESS_LOG_FIELDS } from "../../stacks/access-logs";
import type { LoggedEvent } from "./cloudwatch-logs";

export type AccessLogField = (typeof ACCESS_LOG_FIELDS)[number];

/** @param at Unix milliseconds of the request; CloudFront delivers its line a minute later */
export function accessLogEvent(at: number, fields: Partial<Record<AccessLogField, string>>): LoggedEvent {
  const [date, time] = new Date(at).toISOString().slice(0, 19).split("T") as [string, string];
  const values: Partial<Record<AccessLogField, string>> = {
    date,
    time,
    "cs-method": "GET",
    "sc-status": "200",
    ...fields,
  };
  return {
    timestamp: at + 60_000,
    message: JSON.stringify(Object.fromEntries(ACCESS_LOG_FIELDS.map((name) => [name, values[name] ?? "-"]))),
  };
}
