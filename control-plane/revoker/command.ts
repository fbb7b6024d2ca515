/**
 * Validates commands from the queues, and requests from the CLI and the customer's programs, which invoke the function
 * directly. Errors name the invalid member but never its value, because the sender wrote it.
 */
import { z } from "zod";
import { MAX_RECORD_BYTES } from "../../session/shard";
import { SHORT_ID, type RevocationCommand } from "../../session/revocation";

const MAX_COMMAND_BYTES = 4096;
/** Prefix of `by`, if the command came through the topic. */
const FROM_TOPIC = "topic:";
/** Printable ASCII, because it goes into the log. */
const PRINTABLE = /^[\x20-\x7e]+$/;

const shortId = z.string().regex(SHORT_ID, "write 16 characters of base64url");
const by = z.string().max(200, "write at most 200 characters").regex(PRINTABLE, "write printable ASCII");
const reason = z.string().max(500, "write at most 500 characters");

const target = z.union(
  [
    z.strictObject({ type: z.literal("user"), uid: shortId }),
    z.strictObject({
      type: z.literal("user"),
      issuer: z.string().min(1).max(1000),
      subject: z.string().min(1).max(1000),
    }),
    z.strictObject({ type: z.literal("session"), sid: shortId, uid: shortId.optional() }),
  ],
  'write { type: "user", uid }, { type: "user", issuer, subject } or { type: "session", sid, uid? }',
);

const command = z
  .strictObject({ version: z.literal(1), target, cutoff: z.int().min(0).optional(), by, reason })
  .refine(({ target, cutoff }) => target.type === "user" || cutoff === undefined, {
    path: ["cutoff"],
    message: "leave it out: a session is revoked no matter when it began",
  });

/**
 * Lists sessions, newest first and at most `limit`: those of one user, by `uid` or e-mail address, or everyone's. `all`
 * includes sessions that have ended.
 */
const sessions = z
  .strictObject({
    operation: z.literal("sessions"),
    uid: shortId.optional(),
    email: z.string().min(1).max(320).optional(),
    limit: z.int().min(1).max(1000).optional(),
    all: z.boolean().optional(),
  })
  .refine(({ uid, email }) => uid === undefined || email === undefined, {
    path: ["email"],
    message: "leave it out if you give uid",
  })
  .refine(({ uid, email, all }) => !all || uid !== undefined || email !== undefined, {
    path: ["all"],
    message: "give uid or email too",
  });
const revoke = z.strictObject({ operation: z.literal("revoke"), command });
/** How long a service token is valid, in seconds. */
export const TOKEN_LIFETIME = { min: 3600, max: 366 * 86_400 } as const;
/** Everything that a token grants must fit into a session's token, beside its other fields. */
const MAX_GRANTS = 2048;
const grants = z.array(z.string().min(1).max(256)).max(64, "write at most 64");
/** Puts a service token's hash into the ledger. The token itself stays with its maker. */
const createToken = z
  .strictObject({
    operation: z.literal("create-token"),
    id: shortId,
    hash: z.string().regex(/^[\w-]{43}$/, "write the SHA-256 of the token as 43 characters of base64url"),
    lifetime: z
      .int("write seconds")
      .min(TOKEN_LIFETIME.min, "write at least an hour")
      .max(TOKEN_LIFETIME.max, "write at most 366 days"),
    description: z.string().min(1, "write what the token is for").max(200, "write at most 200 characters"),
    by,
    roles: grants,
    scopes: z.array(z.string().regex(/^[!#-[\]-~]{1,256}$/, "write scopes without spaces")).max(64, "write at most 64"),
    claims: z.record(z.string().regex(/^[\w.:/-]{1,64}$/, "write names of claims"), grants.min(1, "write a value")),
  })
  .refine(({ roles, scopes, claims }) => JSON.stringify([roles, scopes, claims]).length <= MAX_GRANTS, {
    path: ["roles"],
    message: `roles, scopes and claims together have more than ${MAX_GRANTS} characters`,
  });
const listTokens = z.strictObject({ operation: z.literal("tokens") });
/** Ends every session: makes a new key and removes the records of all other keys. */
const lockdown = z.strictObject({ operation: z.literal("lockdown"), by, reason });
/**
 * Compares the store with the ledger and the keys (`check`), reconciles it (`rebuild` for an operator, `sweep` for the
 * schedule), or only removes expired entries (`tidy`).
 */
const ofStore = z.strictObject({ operation: z.enum(["check", "rebuild", "sweep", "tidy"]) });

const POLICY_NAME = /^policy\.[A-Za-z0-9_-]{10}\.[0-9]{1,6}\.[0-9]{1,6}$/;
const POLICY_TEXT = new RegExp(`^[\\n -~]{1,${MAX_RECORD_BYTES}}$`);
const generation = z.string().regex(/^[A-Za-z0-9_-]{10}$/, "write 10 characters of base64url");
/** For Terraform: the records of a policy that is too large for the gate's source. */
const publishPolicy = z.strictObject({
  operation: z.literal("publish-policy"),
  // Validated as a whole: an error names the path of the invalid value, and that path would contain record names from
  // the sender.
  records: z.custom<Record<string, string>>(
    (records) =>
      typeof records === "object" &&
      records !== null &&
      Object.entries(records).every(
        ([name, text]) => POLICY_NAME.test(name) && typeof text === "string" && POLICY_TEXT.test(text),
      ),
    `write records by names such as policy.<generation>.0.1, each at most ${MAX_RECORD_BYTES} characters of ASCII`,
  ),
});
const settlePolicy = z.strictObject({ operation: z.literal("settle-policy"), generation });
const request = z.discriminatedUnion("operation", [
  sessions,
  revoke,
  lockdown,
  createToken,
  listTokens,
  ofStore,
  publishPolicy,
  settlePolicy,
]);

export type SessionsRequest = z.infer<typeof sessions>;
export type RevokeRequest = { operation: "revoke"; command: RevocationCommand };
export type LockdownRequest = z.infer<typeof lockdown>;
export type CreateTokenRequest = z.infer<typeof createToken>;
export type RevokerRequest =
  | SessionsRequest
  | RevokeRequest
  | LockdownRequest
  | CreateTokenRequest
  | z.infer<typeof listTokens>
  | z.infer<typeof ofStore>
  | z.infer<typeof publishPolicy>
  | z.infer<typeof settlePolicy>;

/** A command or a request that can never be carried out. The message contains nothing that the sender wrote. */
export class InvalidRequest extends Error {
  override readonly name = "InvalidRequest";

  constructor(
    message: string,
    readonly code: "invalid_request" | "not_found" = "invalid_request",
  ) {
    super(message);
  }
}

/**
 * The envelope that SNS puts around a published message
 * (https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html).
 */
const notification = z.object({
  Type: z.literal("Notification"),
  TopicArn: z.string(),
  Message: z.string(),
  Timestamp: z.iso.datetime(),
});

/**
 * Reads the command in a queue message, and when it was requested: the time at which it was published to the topic, or
 * else sent to the queue. A redriven message gets a new sent time, but a notification keeps its timestamp.
 *
 * Publishers to the topic choose `by` freely. So their value gets a prefix, and nobody can publish in the name of an
 * operator or of the gateway's own functions.
 *
 * @param sentAt Unix seconds
 * @throws InvalidRequest
 */
export function parseMessage(body: string, sentAt: number): { command: RevocationCommand; sentAt: number } {
  const { success, data } = notification.safeParse(parseJson(body));
  if (!success) return { command: readCommand(body), sentAt };
  const command = readCommand(data.Message);
  return {
    command: { ...command, by: `${FROM_TOPIC}${command.by}` },
    sentAt: Math.floor(Date.parse(data.Timestamp) / 1000),
  };
}

/** @throws InvalidRequest */
export function parseRequest(event: unknown): RevokerRequest {
  return read(request, event) as RevokerRequest;
}

function readCommand(text: string): RevocationCommand {
  if (Buffer.byteLength(text) > MAX_COMMAND_BYTES) throw new InvalidRequest(`more than ${MAX_COMMAND_BYTES} bytes`);
  return read(command, parseJson(text)) as RevocationCommand;
}

function read(schema: z.ZodType, value: unknown): unknown {
  const { success, data, error } = schema.safeParse(value, { reportInput: false });
  if (success) return data;
  throw new InvalidRequest(error.issues.map(describe).join("; "));
}

function describe({ path, code, message }: z.core.$ZodIssue): string {
  // zod quotes the names of unknown members, which the sender wrote.
  return [path.join("."), code === "unrecognized_keys" ? "has unknown members" : message]
    .filter((part) => part !== "")
    .join(": ");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidRequest("not JSON");
  }
}
