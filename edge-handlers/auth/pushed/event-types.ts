/** The security events that the gateway acts upon. All others are accepted and ignored (RFC 8417 section 2). */

export interface EventType {
  /** For the log and the reason of a revocation. */
  name: string;
  /** `session`: the session that the subject names, or else all of the user's. `user`: all of the user's sessions. */
  ends: "session" | "user" | "nothing";
}

export const EVENT_TYPES: Readonly<Record<string, EventType>> = {
  // https://openid.net/specs/openid-caep-1_0-final.html
  "https://schemas.openid.net/secevent/caep/event-type/session-revoked": {
    name: "CAEP session-revoked",
    ends: "session",
  },
  // Any change of a credential ends the sessions that may have been opened with it.
  "https://schemas.openid.net/secevent/caep/event-type/credential-change": {
    name: "CAEP credential-change",
    ends: "user",
  },
  // https://openid.net/specs/openid-risc-1_0-final.html
  "https://schemas.openid.net/secevent/risc/event-type/account-disabled": {
    name: "RISC account-disabled",
    ends: "user",
  },
  "https://schemas.openid.net/secevent/risc/event-type/account-purged": { name: "RISC account-purged", ends: "user" },
  "https://schemas.openid.net/secevent/risc/event-type/sessions-revoked": {
    name: "RISC sessions-revoked",
    ends: "user",
  },
  // https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#name-verification-event,
  // and its name in RISC
  "https://schemas.openid.net/secevent/ssf/event-type/verification": { name: "verification", ends: "nothing" },
  "https://schemas.openid.net/secevent/risc/event-type/verification": { name: "verification", ends: "nothing" },
};
