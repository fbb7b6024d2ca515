/** What AWS's JSON services answer. */
import type { WireRequest, WireResponse } from "../kernel/network";

export type Input = Record<string, unknown>;

/** An error that a service gives as its answer. */
export class Refusal extends Error {
  constructor(
    readonly type: string,
    message = type,
    readonly status = 400,
  ) {
    super(message);
  }
}

export function success(body: object, headers: Record<string, string> = {}): WireResponse {
  return {
    status: 200,
    headers: { "content-type": "application/x-amz-json-1.0", ...headers },
    body: JSON.stringify(body),
  };
}

export function refused({ status, type, message }: Refusal): WireResponse {
  return {
    status,
    headers: { "content-type": "application/x-amz-json-1.0", "x-amzn-errortype": type },
    body: JSON.stringify({ __type: type, message, Message: message }),
  };
}

export function inputOf({ body }: WireRequest): Input {
  return body === "" ? {} : (JSON.parse(body) as Input);
}

/** The operation that a service of the protocol "AWS JSON" is asked for. */
export function targetOf({ headers }: WireRequest): string {
  return (headers["x-amz-target"] ?? "").split(".").at(-1)!;
}

const FAILURES = {
  throttle: new Refusal("ThrottlingException", "Rate exceeded"),
  error: new Refusal("InternalServerError", "An error occurred on the server side.", 500),
};

export function failure(kind: "throttle" | "error"): WireResponse {
  return refused(FAILURES[kind]);
}
