/**
 * The event that the gateway sends to EventBridge (default bus in us-east-1), so that other systems can react.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */

export const SECURITY_EVENT_SOURCE = "edgegate";
export const SECURITY_EVENT_TYPE = "edgegate security event";

/** What was used twice: `flow`, the callback of a sign-in; `refresh`, a refresh cookie. */
export type Reuse = "flow" | "refresh";

/** The gateway's reaction. */
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
  /** The request ID in the handler's log. */
  requestId: string;
  /** Unix seconds. */
  time: number;
}
