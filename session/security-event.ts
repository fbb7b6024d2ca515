/**
 * What the gateway tells EventBridge about (default bus in us-east-1), so that others can act on it.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */

export const SECURITY_EVENT_SOURCE = "edgegate";
export const SECURITY_EVENT_TYPE = "edgegate security event";

/** What a session was caught at: the callback of one sign-in came twice, or a refresh cookie that had been used up. */
export type Reuse = "flow" | "refresh";

/** What happens to a session, or its user, of which something was used twice. */
export type ReuseAction = "record" | "revoke-session" | "revoke-user";

/** The `detail` of the event. */
export interface SecurityEvent {
  version: 1;
  /** The name of the auth handler's function. */
  gateway: string;
  type: "reuse";
  /** What was used twice. */
  what: Reuse;
  action: ReuseAction;
  uid: string;
  sid: string;
  idp: string;
  /** IP address of the second use. */
  address: string;
  /** The request id, as in the handler's log. */
  requestId: string;
  /** Unix seconds. */
  time: number;
}
