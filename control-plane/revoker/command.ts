/** Reads commands and requests. What is wrong is told by its place, never by its value: others wrote it. */
import { z } from "zod";
import { SHORT_ID, type RevocationCommand } from "../../session/revocation";
import type { RevokerRequest } from "./api";

/** Seconds by which the clock of a sender may be ahead. */
const CLOCK_SKEW = 60;
const MAX_COMMAND_BYTES = 4096;
/** Printable ASCII, because it goes into the log. */
const PRINTABLE = /^[\x20-\x7e]+$/;

const shortId = z.string().regex(SHORT_ID, "write 16 characters of base64url");
const by = z.string().max(200, "write at most 200 characters").regex(PRINTABLE, "write printable ASCII");
const reason = z.string().max(500, "write at most 500 characters");

const target = z.union(
  [
    z.strictObject({ type: z.literal("user"), uid: shortId }),
    z.strictObject({ type: z.literal("user"), issuer: z.string().min(1).max(1000), subject: z.string().min(1).max(1000) }),
    z.strictObject({ type: z.literal("session"), sid: shortId, uid: shortId.optional() }),
  ],
  'write { type: "user", uid }, { type: "user", issuer, subject } or { type: "session", sid, uid? }',
);

const command = z
  .strictObject({ version: z.literal(1), target, cutoff: z.int().min(0).optional(), by, reason })
  .refine(({ target, cutoff }) => target.type === "user" || cutoff === undefined, { path: ["cutoff"], message: "leave it out: a session is revoked whenever it began" });

const request = z.discriminatedUnion("operation", [
  z
    .strictObject({ operation: z.literal("sessions"), uid: shortId.optional(), email: z.string().min(1).max(320).optional(), limit: z.int().min(1).max(1000).optional(), all: z.boolean().optional() })
    .refine(({ uid, email }) => uid === undefined || email === undefined, { path: ["email"], message: "leave it out beside uid" })
    .refine(({ uid, email, all }) => !all || uid !== undefined || email !== undefined, { path: ["all"], message: "name a user beside it" }),
  z.strictObject({ operation: z.literal("revoke"), command }),
  z.strictObject({ operation: z.literal("lockdown"), by, reason }),
  z.strictObject({ operation: z.enum(["check", "rebuild", "sweep"]) }),
]);

/** A command or a request that can never be carried out. The message is ours. */
export class InvalidRequest extends Error {
  override readonly name = "InvalidRequest";

  constructor(
    readonly code: "invalid_request" | "not_found",
    message: string,
  ) {
    super(message);
  }
}

/**
 * @param body of a message on the queue
 * @throws InvalidRequest
 */
export function parseCommand(body: string, now: number): RevocationCommand {
  if (Buffer.byteLength(body) > MAX_COMMAND_BYTES) throw invalid(`more than ${MAX_COMMAND_BYTES} bytes`);
  return timely(read(command, parseJson(body)) as RevocationCommand, now);
}

/** @throws InvalidRequest */
export function parseRequest(event: unknown, now: number): RevokerRequest {
  const parsed = read(request, event) as RevokerRequest;
  if (parsed.operation === "revoke") timely(parsed.command, now);
  return parsed;
}

/** A cut-off far ahead would shut its user out of new sessions too. */
function timely(checked: RevocationCommand, now: number): RevocationCommand {
  if (checked.cutoff !== undefined && checked.cutoff > now + CLOCK_SKEW) throw invalid(`cutoff: more than ${CLOCK_SKEW} s ahead`);
  return checked;
}

function read(schema: z.ZodType, value: unknown): unknown {
  const { success, data, error } = schema.safeParse(value, { reportInput: false });
  if (success) return data;
  throw invalid(error.issues.map(describe).join("; "));
}

function describe({ path, code, message }: z.core.$ZodIssue): string {
  // zod quotes the names of members that it does not know.
  return [path.join("."), code === "unrecognized_keys" ? "has members that are not known" : message].filter((part) => part !== "").join(": ");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("not JSON");
  }
}

function invalid(message: string): InvalidRequest {
  return new InvalidRequest("invalid_request", message);
}
