/** Mistakes in the archive of audit events. */
import type { Mistake } from "../small-config";

export const AUDIT_MISTAKES: Mistake[] = [
  [{ audit: true }, "audit", "write { archive: true }, or leave audit out; it is true"],
  [
    { audit: { archive: "s3" } },
    "audit.archive",
    'write true, or { retentionDays, objectLock } or { bucketArn }; it is "s3"',
  ],
  [
    { audit: { archive: { bucketArn: "example-audit" } } },
    "audit.archive.bucketArn",
    'write the ARN of a bucket, such as "arn:aws:s3:::example-audit"; it is "example-audit"',
  ],
  [{ audit: { archive: { retentionDays: 0 } } }, "audit.archive.retentionDays", "write at least 1; it is 0"],
  [
    { audit: { archive: { objectLock: true } } },
    "audit.archive.objectLock",
    'write "governance", "compliance" or false; it is true',
  ],
  [
    { audit: { archive: { bucketArn: "arn:aws:s3:::example-audit", retentionDays: 30 } } },
    "audit.archive.retentionDays",
    "leave it out: the bucket in bucketArn has a lifecycle and an Object Lock of its own",
  ],
  [
    { audit: { archive: { objectLock: "compliance" } }, deletionProtection: false },
    "audit.archive.objectLock",
    'write "governance": nobody could delete a throw-away stage (deletionProtection: false) with this',
  ],
];
