/**
 * The security events that the gateway supports. The auth handler acts on them, and `edgegate events
 * register` asks transmitters for them. All others are accepted and ignored (RFC 8417 section 2).
 */

/** The events that do nothing unless the transmitter's `on` in the config says otherwise. */
export type OptionalEvent = "device-compliance-change" | "token-claims-change" | "account-credential-change-required";

export interface EventType {
  /** For the log and the reason of a revocation. */
  name: string;
  /** `session`: the session that the subject names, or else all of the user's. `user`: all of the user's sessions. */
  ends: "session" | "user" | "nothing";
  /** Absent for an event that always has its effect. */
  option?: OptionalEvent;
  /** A required member of the event: its values, and whether the event has its effect with that value. */
  only?: { member: string; values: Readonly<Record<string, boolean>> };
}

const CAEP = "https://schemas.openid.net/secevent/caep/event-type/";
const RISC = "https://schemas.openid.net/secevent/risc/event-type/";

/** https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#name-verification-event */
export const VERIFICATION_EVENT = "https://schemas.openid.net/secevent/ssf/event-type/verification";

/**
 * The `state` with which `edgegate events register` asks for a verification event. The random part is long enough that
 * only that transmitter can know it.
 */
export const VERIFICATION_STATE = /^edgegate-[\w-]{32}$/;

export const EVENT_TYPES: Readonly<Record<string, EventType>> = {
  // https://openid.net/specs/openid-caep-1_0-final.html
  [`${CAEP}session-revoked`]: { name: "CAEP session-revoked", ends: "session" },
  // Any change of a credential ends the sessions that may have been opened with it.
  [`${CAEP}credential-change`]: { name: "CAEP credential-change", ends: "user" },
  [`${CAEP}device-compliance-change`]: {
    name: "CAEP device-compliance-change",
    ends: "user",
    option: "device-compliance-change",
    only: { member: "current_status", values: { "not-compliant": true, compliant: false } },
  },
  [`${CAEP}token-claims-change`]: { name: "CAEP token-claims-change", ends: "user", option: "token-claims-change" },
  // https://openid.net/specs/openid-risc-1_0-final.html
  [`${RISC}account-credential-change-required`]: {
    name: "RISC account-credential-change-required",
    ends: "user",
    option: "account-credential-change-required",
  },
  [`${RISC}account-disabled`]: { name: "RISC account-disabled", ends: "user" },
  [`${RISC}account-purged`]: { name: "RISC account-purged", ends: "user" },
  [`${RISC}sessions-revoked`]: { name: "RISC sessions-revoked", ends: "user" },
  [VERIFICATION_EVENT]: { name: "verification", ends: "nothing" },
  // Its name in RISC.
  [`${RISC}verification`]: { name: "verification", ends: "nothing" },
};

/** The config's choices for optional events; absent events do nothing. */
export type EventChoices = Partial<Record<OptionalEvent, "ignore" | "revoke">>;

/** Whether an event of this type can end sessions. */
export function canEndSessions(type: EventType, on: EventChoices | undefined): boolean {
  if (type.ends === "nothing") return false;
  return type.option === undefined || (on !== undefined && on[type.option] === "revoke");
}
