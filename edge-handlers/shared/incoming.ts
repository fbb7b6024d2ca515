/** A request as an adapter hands it to a handler's core. */
export interface Incoming {
  headers: Headers;
  /** @throws Failure where what came makes no request */
  open(): Request;
  /** The request id. */
  requestId: string;
  /** IP address of the viewer. */
  address: string;
}

/** Never rejects: a failure is a response too. */
export type Handle = (incoming: Incoming) => Promise<Response>;
