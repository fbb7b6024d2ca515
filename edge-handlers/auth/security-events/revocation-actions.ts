/** Turns security events into actions. */
import { sha256 } from "../../../session/node-hash";
import { canEndSessions, EVENT_TYPES, type EventChoices, type EventType } from "../../../session/security-events";
import { userId } from "../../../session/token";
import type { IdpSession } from "./end-sessions";
import { Refused } from "../oidc/refused";
import { isText, type Members } from "../../shared/json";
import type { SecurityEventToken } from "./security-event-token";
import { readSubject, type KnownIssuers, type Named } from "./subject";

/** Ends the sessions of a provider's session, or a user's sessions that began at `cutoff` (Unix seconds) or before. */
export type RevocationAction = { reason: string } & ({ session: IdpSession } | { uid: string; cutoff: number });

/**
 * The actions for a token's events; none for events that the gateway does not act upon.
 *
 * @param on what the config says about this transmitter's optional events
 * @throws Refused `subject`, `claims`
 */
export function revocationActionsIn(
  { events, claims, issuedAt }: SecurityEventToken,
  issuers: KnownIssuers,
  on: EventChoices | undefined,
  now: number,
): RevocationAction[] {
  return Object.entries(events).flatMap(([uri, event]): RevocationAction[] => {
    const type = Object.hasOwn(EVENT_TYPES, uri) ? EVENT_TYPES[uri]! : undefined;
    if (!type || !canEndSessions(type, on) || !hasEffect(type, event)) return [];
    const reason = type.name;
    // Before RFC 9493 the subject was a member of the event.
    const { user, session } = readSubject(claims["sub_id"] ?? event["subject"], issuers);
    if (type.ends === "session" && session)
      return [{ reason, session: { issuer: session.issuer, sid: session.id, uid: user && uidOf(user) } }];
    if (!user) throw new Refused("subject");
    return [{ reason, uid: uidOf(user), cutoff: Math.min(timeOf(event) ?? issuedAt, now) }];
  });
}

/** @throws Refused if a member that decides is missing or has an unknown value */
function hasEffect({ only }: EventType, event: Members): boolean {
  if (!only) return true;
  const value = event[only.member];
  if (!isText(value) || !Object.hasOwn(only.values, value)) throw new Refused("claims", only.member);
  return only.values[value]!;
}

/** The names of a token's events, for the log; `unknown` for those that are not in {@link EVENT_TYPES}. */
export function namesOf({ events }: SecurityEventToken): string {
  const names = Object.keys(events).map((uri) =>
    Object.hasOwn(EVENT_TYPES, uri) ? EVENT_TYPES[uri]!.name : "unknown",
  );
  return [...new Set(names)].join(" ");
}

/** When the event happened, in Unix seconds; undefined if it does not say (CAEP `event_timestamp`). */
function timeOf({ event_timestamp: time }: Members): number | undefined {
  if (time === undefined) return undefined;
  if (typeof time !== "number" || !(time >= 0)) throw new Refused("claims", "event_timestamp");
  return Math.floor(time);
}

function uidOf({ issuer, id }: Named): string {
  return userId(sha256, issuer, id);
}
