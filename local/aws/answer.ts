/** An emulator's answer to a call of an AWS API with a JSON protocol. */
export interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

export type Input = Record<string, unknown>;

/** The operations of a service, by their `x-amz-target`. */
export type Targets = Record<string, (input: Input) => Answer>;

export function success(body: object): Answer {
  return { status: 200, body };
}

export function failure(type: string, message?: string): Answer {
  return { status: 400, body: { __type: type, message } };
}
