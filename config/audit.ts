/** The archive of audit events, which keeps them longer than the logs. */
import { z } from "zod";
import { text } from "./fields";

const MAX_DAYS = 36_500;

const keptDays = z
  .number("write a number of days")
  .int("write a whole number of days")
  .min(1, "write at least 1")
  .max(MAX_DAYS, `write at most ${MAX_DAYS}`);

type ObjectLock = "governance" | "compliance" | false;

function isObjectLock(value: unknown): boolean {
  return value === undefined || value === "governance" || value === "compliance" || value === false;
}

const archive = z.strictObject({
  /** An existing bucket, whose own settings decide how long it keeps events. By default the gateway makes one. */
  bucketArn: text(
    /^arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    'the ARN of a bucket, such as "arn:aws:s3:::example-audit"',
  ).optional(),
  /** Days for which the gateway's bucket keeps an event; a year by default. */
  retentionDays: keptDays.optional(),
  /**
   * Object Lock within that time. `governance`, the default: only principals with a special permission can delete
   * events. `compliance`: nobody can.
   */
  // A refinement, because a union would report a wrong type for all of `archive`.
  objectLock: z
    .unknown()
    .refine(isObjectLock, 'write "governance", "compliance" or false')
    .transform((value) => value as ObjectLock | undefined)
    .optional(),
});

export const audit = z.strictObject(
  {
    /** Copies the audit events of every region into one bucket, every hour. */
    archive: z.union([z.literal(true), archive], {
      error: "write true, or { retentionDays, objectLock } or { bucketArn }",
    }),
  },
  "write { archive: true }, or leave audit out",
);

const DEFAULTS = { retentionDays: 365, objectLock: "governance" } as const;

/** The archive of a config, with every default filled in; undefined if it has none. */
export function archiveOf({ audit }: { audit?: Audit | undefined }) {
  if (audit === undefined) return undefined;
  const { bucketArn, retentionDays, objectLock } = audit.archive === true ? {} : audit.archive;
  return {
    bucketArn,
    retentionDays: retentionDays ?? DEFAULTS.retentionDays,
    objectLock: objectLock ?? DEFAULTS.objectLock,
  };
}

type Audit = z.output<typeof audit>;
