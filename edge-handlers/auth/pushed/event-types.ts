/**
 * The security events that the gateway acts upon; every other is accepted and ignored, as RFC 8417 section 2 has it.
 */

export interface EventType {
  /** For the log and the reason of a revocation. */
  name: string;
  /** `session`: the session that the subject names, else all of the user. `user`: all of the user. */
  ends: "session" | "user" | "nothing";
}

export const EVENT_TYPES: Readonly<Record<string, EventType>> = {
  // https://openid.net/specs/openid-caep-1_0-final.html
  "https://schemas.openid.net/secevent/caep/event-type/session-revoked": {
    name: "CAEP session-revoked",
    ends: "session",
  },
  // Whatever was done to the credential: what it opened must not stay open.
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
  // https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#name-verification-event, and as it was
  // called in RISC
  "https://schemas.openid.net/secevent/ssf/event-type/verification": { name: "verification", ends: "nothing" },
  "https://schemas.openid.net/secevent/risc/event-type/verification": { name: "verification", ends: "nothing" },
};
