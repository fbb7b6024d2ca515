/**
 * Decides whether a request may pass, from its properties, the settings and records of the store. Knows nothing of
 * CloudFront. Calls and objects are slow in this engine, so the facts are plain arguments.
 */
import { ESCAPED, type PLAIN, REFUSED } from "../../session/paths";
import { hasAlternative, isMet, leftOf } from "../../policy/meets";
import {
  ALTERNATIVE,
  CLOSED,
  CONDITION,
  END_OF_LIST,
  NOBODY,
  PUBLIC,
  PUBLIC_CONDITION,
  ROLE_SEPARATOR,
  SIGNED_IN,
  TAKES_ESCAPES,
} from "../../policy/requirement-text";
import { placeIn, storedRequirement, type StoredRules } from "./stored-policy";
import { judge } from "../../session/judge";
import { KEY_RECORD, namesShard, SHARD_RECORD, TOKEN_KEY_LENGTH } from "../../session/shard";
import {
  EDGE_TOKEN_VERSION,
  EXPIRES_AT,
  IDP,
  MAC_LENGTH,
  MAX_KEY_ID_LENGTH,
  MAX_TOKEN_LENGTH,
  ROLES,
  SESSION_TOKEN_VERSION,
  SHARD,
  SID,
  UID,
} from "../../session/token-layout";
import { isOwn, wrongWith } from "./api";
import { crypto } from "./crypto";
import { factsOf } from "./facts";

/** Why a request is refused, as the code in the access log. */
export type Refusal = "host" | "path" | "size" | "endpoint" | "rule" | "role" | "store" | "closed";

/** Why a request has no valid session, as the code in the access log. */
export type NoSession = "none" | "several" | "form" | "key" | "mac" | "expired" | "revoked" | "outdated" | "issuer";

/**
 * The decision: the request passes, publicly or with a session (the fields of its token), or it does not. `uid` tells
 * whose session is valid but not sufficient, `need` the requirement that it does not meet, and `signer` what proves it
 * (refusal-proof.ts). `ask` is what a sign-in must
 * ask for so that it is (policy/meets.ts). `verify` is what somebody must still meet who presents a token that the gate
 * cannot verify: the request passes without an identity, to the handler that can.
 */
export type Outcome = (
  | { allow: typeof PUBLIC | string[]; verify?: string | undefined; deny?: undefined }
  | { deny: Refusal; uid?: string | undefined; need?: string; signer?: string[]; allow?: undefined }
  | { login: NoSession; ask?: undefined; allow?: undefined; deny?: undefined }
  | { login: "step-up"; ask: string; allow?: undefined; deny?: undefined }
) & {
  read?: undefined;
  goOn?: undefined;
};

/** The decision needs a record of the store to continue. */
export interface NeedsRecord {
  /** The record's name. */
  read: string;
  goOn(record: string): Outcome | NeedsRecord;
}

/* eslint-disable no-var -- The engine looks after each `let` and `const`: together, 700 instructions a request. */
/**
 * @param path as the viewer sent it, not decoded
 * @param reading how ambiguous the path is
 * @param preflight true for a CORS preflight
 * @param token the value of the session cookie; undefined if there is none, null if there are several
 * @param rules those for this path, once they have been read from the store
 */
export function decide(
  host: string | undefined,
  method: string,
  path: string,
  reading: typeof PLAIN | typeof ESCAPED | typeof REFUSED,
  preflight: boolean,
  token: string | null | undefined,
  rules?: StoredRules,
): Outcome | NeedsRecord {
  if (!host || (SETTINGS.hosts[0] !== host && SETTINGS.hosts.indexOf(host) < 0)) return { deny: "host" };

  if (reading === REFUSED) return { deny: "path" };
  var segments = WITH_STORED && rules ? rules.segments : path.split("/");
  // The cache behavior of the gateway's endpoints matches `/_gate/*`, so `/_gate` itself arrives here.
  if ("/" + segments[1] === SETTINGS.basePath) return { deny: "endpoint" };

  if (WITH_STORED && !rules) {
    const place = placeIn(host, segments);
    return {
      read: place.record,
      goOn: (record) =>
        decide(host, method, path, reading, preflight, token, {
          record: record,
          depth: place.depth,
          segments: segments,
        }),
    };
  }
  var required = WITH_STORED ? storedRequirement(rules!, method, preflight) : policy(host, method, segments, preflight);
  if (!required) return { deny: "rule" };
  if (required[0] === TAKES_ESCAPES) required = required.slice(1);
  else if (reading === ESCAPED) return { deny: "path" };
  // Where extended text begins, also after what is met has been taken from it. Searching costs four times as much.
  var at = !WITH_CONDITIONS ? -1 : WITH_MAINTENANCE ? required.indexOf(CONDITION) : required[0] === CONDITION ? 0 : -1;
  if (WITH_CONDITIONS) {
    if (required === NOBODY) return { deny: "rule" };
    if ((WITH_HOURS || WITH_VIEWER) && at >= 0) {
      const left = leftOf(required.slice(at), factsOf(segments));
      if (!left) return { deny: "rule" };
      required = at === 0 && hasAlternative(left, PUBLIC_CONDITION) ? PUBLIC : required.slice(0, at) + left;
    }
  }
  if (required === PUBLIC) return { allow: PUBLIC };
  if (WITH_API) {
    if (required[required.length - 1] === NOBODY) return { deny: "rule" };
    if (!token && required.indexOf("&pub=") >= 0) return { allow: PUBLIC, verify: required };
  }

  // A second cookie may have been planted by an attacker, and there is no way to tell which one is genuine.
  // Signing in helps nobody while the site is closed, except those who would get in.
  if (!token)
    return WITH_MAINTENANCE && required[0] === CLOSED
      ? { deny: "closed" }
      : { login: token === undefined ? "none" : token === null ? "several" : "form" };
  if (WITH_API && !isOwn(token)) {
    const wrong = wrongWith(token);
    return wrong ? { login: wrong } : { allow: PUBLIC, verify: required };
  }
  // Uses positions, because a regular expression would cost five times as much. Here and below, asking for a character
  // costs half of what asking for the length does. What this check lets through is harmless: a malformed key ID has no
  // record, and the MAC covers everything.
  var end = token[MAX_TOKEN_LENGTH] ? 0 : token.indexOf(".", 2);
  if (
    (token[0] !== SESSION_TOKEN_VERSION && !(WITH_API && token[0] === EDGE_TOKEN_VERSION)) ||
    end < 3 ||
    end > MAX_KEY_ID_LENGTH + 2
  )
    return WITH_MAINTENANCE && required[0] === CLOSED ? { deny: "closed" } : { login: "form" };
  var kid = token.slice(2, end);
  return {
    read: KEY_RECORD + kid,
    goOn: (keyRecord) => {
      var key = keyRecord[TOKEN_KEY_LENGTH] ? keyRecord.slice(0, TOKEN_KEY_LENGTH) : keyRecord;
      var signed = token.slice(0, -MAC_LENGTH);
      var mac = crypto.createHmac("sha256", key).update(signed).digest("base64url");
      // The engine has no constant-time comparison. Comparing digests makes the timing say nothing about where the MACs
      // differ. Collisions do not help against an unknown MAC, so the cheapest hash without known preimages is enough.
      // The length check matters because with a truncated or empty key anybody could sign.
      var createHash = crypto.createHash;
      var expected = createHash("sha1").update(mac).digest("hex");
      if (!key[TOKEN_KEY_LENGTH - 1] || expected !== createHash("sha1").update(token.slice(-MAC_LENGTH)).digest("hex"))
        return { login: "mac" };
      var session = signed.slice(end + 1, -1).split("~");
      // An unreadable time counts as expired. The `|| ""` matters: in base 36, "undefined" is a number.
      if (!(Date.now() < parseInt(session[EXPIRES_AT] || "", 36) * 1000))
        return WITH_MAINTENANCE && required![0] === CLOSED && !meets(session[ROLES]!, required!, session[IDP])
          ? { deny: "closed" }
          : { login: "expired" };
      var roles = session[ROLES]!;
      var outcome: Outcome =
        WITH_API && required!.indexOf(CONDITION) >= 0
          ? { allow: session, verify: required }
          : (required === SIGNED_IN || required === roles || meets(roles, required!, session[IDP])) &&
              (!WITH_CONDITIONS ||
                WITH_STEPUP ||
                at < 0 ||
                isMet(required!.slice(at), WITH_HOURS || WITH_VIEWER ? factsOf(segments) : { segments }, session))
            ? WITH_STEPUP && at >= 0
              ? byConditions(required!, at, session, segments)
              : { allow: session }
            : denied(required!, session);
      if (WITH_REFUSALS && outcome.deny === "role") outcome.signer = [key, kid, session[SID]!];
      // Usually no shard has a record, and checking that here saves a call.
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
/* eslint-enable no-var */

/**
 * True if a session meets a requirement, apart from the conditions of extended text.
 *
 * @param held the names of its roles, joined by the separator
 * @param required see policy/requirement-text.ts
 * @param idp its identity provider; only needed if the requirement may name some
 */
function meets(held: string, required: string, idp?: string): boolean {
  if (WITH_CONDITIONS && required[0] === CONDITION) return true;
  const end = required.indexOf(END_OF_LIST);
  if (end > 0) {
    const rest = required.slice(end + 1);
    const isIn =
      WITH_MAINTENANCE && required[0] === CLOSED
        ? meets(held, required.slice(1, end))
        : meets(idp!, required.slice(0, end));
    return isIn && (rest === SIGNED_IN || meets(held, rest, idp));
  }
  const names = ROLE_SEPARATOR + held + ROLE_SEPARATOR;
  return required.split(ROLE_SEPARATOR).some((name) => names.indexOf(ROLE_SEPARATOR + name + ROLE_SEPARATOR) >= 0);
}

/**
 * For a valid session, in a gate whose rules may ask for another authentication.
 *
 * @param required with extended text
 * @param at where that begins
 */
function byConditions(required: string, at: number, session: string[], segments: readonly string[]): Outcome {
  const left = leftOf(required.slice(at), factsOf(segments), session);
  if (!left) return denied(required, session);
  return hasAlternative(left, CONDITION) ? { allow: session } : { login: "step-up", ask: left.split(ALTERNATIVE)[0]! };
}

/** For a valid session that is not sufficient. */
function denied(required: string, session: string[]): Outcome {
  const why = WITH_MAINTENANCE && required[0] === CLOSED ? "closed" : "role";
  return WITH_API ? { deny: why, uid: session[UID] } : { deny: why, uid: session[UID], need: required };
}
