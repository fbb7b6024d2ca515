/**
 * May this request pass? A decision over facts of the request, the settings and records of the store, without
 * CloudFront. The engine is slow at calls and objects: facts are arguments, and nothing is wrapped twice.
 */
import crypto from "crypto";
import { ESCAPED, readPath, REFUSED } from "../../session/paths";
import { PUBLIC, ROLE_SEPARATOR, SIGNED_IN, TAKES_ESCAPES } from "../../policy/requirement-text";
import { judge } from "../../session/judge";
import { KEY_RECORD, namesShard, SHARD_RECORD, TOKEN_KEY_LENGTH } from "../../session/shard";
import { EXPIRES_AT, MAC_LENGTH, MAX_KEY_ID_LENGTH, MAX_TOKEN_LENGTH, ROLES, SHARD } from "../../session/token-layout";

/** Why a request is refused; the code that the access log shows. */
export type Refusal = "host" | "path" | "endpoint" | "rule" | "role" | "store";

/** Why a request has no session; the code that the access log shows. */
export type NoSession = "none" | "several" | "form" | "key" | "mac" | "expired" | "revoked" | "outdated";

/** What comes of a request: it passes, for everybody or with a session (the fields of its token), or it does not. */
export type Outcome = ({ allow: typeof PUBLIC | string[] } | { deny: Refusal } | { login: NoSession }) & {
  read?: undefined;
  goOn?: undefined;
};

/** The decision waits for a record of the store. */
export interface NeedsRecord {
  /** The record's name. */
  read: string;
  goOn(record: string): Outcome | NeedsRecord;
}

/**
 * @param path as the viewer sent it, undecoded
 * @param preflight whether this is a CORS preflight
 * @param token the value of the session cookie; undefined for none, null for several
 */
export function decide(
  host: string | undefined,
  method: string,
  path: string,
  preflight: boolean,
  token: string | null | undefined,
): Outcome | NeedsRecord {
  if (!host || (SETTINGS.hosts[0] !== host && SETTINGS.hosts.indexOf(host) < 0)) return { deny: "host" };

  const reading = readPath(path);
  if (reading === REFUSED) return { deny: "path" };
  const segments = path.split("/");
  // The behavior of the gateway's endpoints is `/_gate/*`: `/_gate` itself comes here.
  if ("/" + segments[1] === SETTINGS.basePath) return { deny: "endpoint" };

  let required = policy(host, method, segments, preflight);
  if (!required) return { deny: "rule" };
  if (required[0] === TAKES_ESCAPES) required = required.slice(1);
  else if (reading === ESCAPED) return { deny: "path" };
  if (required === PUBLIC) return { allow: PUBLIC };

  // A second cookie may have been planted; which one is right cannot be told.
  if (token === null) return { login: "several" };
  if (token === undefined) return { login: "none" };
  // By position, because a pattern would cost five times as much. What is wrong and not seen here is no harm: a record
  // of another name does not exist, and the MAC covers everything.
  const kid = token[0] === "2" && token.length <= MAX_TOKEN_LENGTH ? token.slice(2, token.indexOf(".", 2)) : "";
  if (!kid || kid.length > MAX_KEY_ID_LENGTH) return { login: "form" };
  return {
    read: KEY_RECORD + kid,
    goOn: (keyRecord) => {
      const key = keyRecord.length === TOKEN_KEY_LENGTH ? keyRecord : keyRecord.slice(0, TOKEN_KEY_LENGTH);
      const signed = token.slice(0, -MAC_LENGTH);
      const mac = crypto.createHmac("sha256", key).update(signed).digest("base64url");
      // Digests are compared: how long that takes says nothing about where the texts differ, in an engine that has no
      // constant-time compare. Under a key that is cut short, or empty, anybody could sign.
      const expected = crypto.createHash("sha256").update(mac).digest("hex");
      if (
        key.length < TOKEN_KEY_LENGTH ||
        expected !== crypto.createHash("sha256").update(token.slice(-MAC_LENGTH)).digest("hex")
      )
        return { login: "mac" };
      const session = signed.slice(kid.length + 3, -1).split("~");
      // A time that cannot be read is over; in base 36, "undefined" is a number.
      if (!(Date.now() < parseInt(session[EXPIRES_AT] || "", 36) * 1000)) return { login: "expired" };
      const roles = session[ROLES]!;
      const outcome: Outcome =
        required === SIGNED_IN || required === roles || hasRole(roles, required!)
          ? { allow: session }
          : { deny: "role" };
      // Mostly no shard has a record: telling that here spares a call.
      if (key === keyRecord || !namesShard(keyRecord, session[SHARD])) return outcome;
      return {
        read: SHARD_RECORD + session[SHARD],
        goOn: (shardRecord) => {
          const why = judge(shardRecord, session);
          return why ? { login: why } : outcome;
        },
      };
    },
  };
}

/** Whether two lists of role names, each joined by the separator, have one in common. */
function hasRole(roles: string, required: string): boolean {
  const held = ROLE_SEPARATOR + roles + ROLE_SEPARATOR;
  return required.split(ROLE_SEPARATOR).some((name) => held.indexOf(ROLE_SEPARATOR + name + ROLE_SEPARATOR) >= 0);
}
