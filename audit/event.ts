/**
 * The audit event, which the archive keeps, the local edge writes, and `edgegate audit` reads: one JSON object per
 * line. docs/audit-events.md describes it, and audit-events.schema.json beside it is generated from this.
 */
import { z } from "zod";

/** Readers refuse newer versions. A new optional member is no new version. */
export const EVENT_VERSION = 1;

/** The part whose log has the event. */
export const EVENT_SOURCES = ["gate", "auth", "bearer", "site", "revoker", "revocations", "key-rotator"] as const;
export type EventSource = (typeof EVENT_SOURCES)[number];

const code = (max: number) =>
  z
    .string()
    .regex(/^[\x21-\x7e]+$/)
    .max(max);
/** Printable ASCII. CloudFront and the functions write everything else encoded, or not at all. */
const line = (max: number) =>
  z
    .string()
    .regex(/^[\x20-\x7e]+$/)
    .min(1)
    .max(max);
const shortId = z.string().regex(/^[A-Za-z0-9_-]{16}$/);

/** The form of every member of an event. */
export const EVENT_MEMBERS = {
  version: z.literal(EVENT_VERSION),
  id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .describe("Unique. The same event may be archived more than once"),
  time: z.iso.datetime({ precision: 3 }).describe("UTC, when it happened"),
  gateway: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,29}$/)
    .describe("`name` of the config"),
  source: z.enum(EVENT_SOURCES).describe("Whose log it was in"),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-[0-9]$/)
    .describe("Where the log is"),
  event: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9._/-]{0,63}$/)
    .describe(
      "What was asked: `request`, an endpoint such as `callback`, an operation such as `revoke`, or `rotation`",
    ),
  outcome: line(64).describe("What came of it, in the words of docs/operations.md"),
  detail: line(1000).optional().describe("More about the outcome: a code, or a sentence of the gateway's own"),
  status: z.int().min(0).max(999).optional().describe("Of the answer"),
  uid: shortId.optional().describe("The user"),
  sid: shortId.optional().describe("The session. It opens nothing"),
  idp: code(64).optional().describe("ID of the identity provider or issuer in the config"),
  address: code(64).optional().describe("IP address of the viewer"),
  country: code(8).optional().describe("Of the address, according to CloudFront"),
  edge: code(32).optional().describe("Edge location of CloudFront"),
  requestId: code(128).optional().describe("CloudFront's, as on the gateway's pages"),
  method: code(32).optional(),
  host: code(255).optional().describe("That the viewer asked for"),
  path: line(8192).optional().describe("Without the query"),
  userAgent: line(2048).optional().describe("Encoded by CloudFront"),
  by: line(256).optional().describe("Who asked for an operation: an operator, a part of the gateway, or `topic:…`"),
  target: z.enum(["user", "session", "gateway"]).optional().describe("What was revoked"),
  facts: z
    .record(z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,39}$/), z.union([z.number(), z.boolean(), line(200)]))
    .optional()
    .describe("Figures of an operation, such as how many sessions it ended"),
} as const;

export const auditEvent = z.strictObject(EVENT_MEMBERS);
export type AuditEvent = z.infer<typeof auditEvent>;

/** @returns undefined for a line that is not an event of this version */
export function parseEvent(text: string): AuditEvent | undefined {
  try {
    const { success, data } = auditEvent.safeParse(JSON.parse(text));
    return success ? data : undefined;
  } catch {
    return undefined;
  }
}
