/** A request as an adapter passes it to a handler's core. */
export interface Incoming {
  headers: Headers;
  /** @throws Failure if it is not a valid request */
  open(): Request;
  requestId: string;
  /** IP address of the viewer. */
  address: string;
  /** Milliseconds within which it must be answered, if they are fewer than usual. */
  timeLimit?: number;
}

/** Never rejects: failures become responses. */
export type Handle = (incoming: Incoming) => Promise<Response>;
