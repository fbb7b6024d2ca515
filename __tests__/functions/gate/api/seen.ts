/** What the gate of an API does with a token, and what it is expected to do. */
import { ALICE, ALICE_HEADERS } from "../sessions";
import { only, outcomeOf, type ApiRequest, type Engine } from "./gate";

/** Callers come from several issuers. */
export const IDENTITY = { ...ALICE_HEADERS, "x-gate-idp": "main" };

/** The line of the log, and the headers that tell the handler and the origin. */
export type Seen = { log: string; status?: number; challenge?: string; headers?: Record<string, string | undefined> };

export type TokenCase = [name: string, request: ApiRequest, expected: Seen];

export async function seen(engine: Engine, request: ApiRequest): Promise<Seen> {
  const { log, status, headers } = await outcomeOf(engine, request);
  const challenge = headers["www-authenticate"];
  if (status !== undefined) return { log, status, ...(challenge && { challenge }) };
  return { log, headers: only(headers, /^(x-gate|authorization$)/) };
}

export const requirement = (text: string, path = "/api/orders", ...rest: string[]) =>
  [text, path, path, ...rest].join(" ");
export const verifies = (text: string, auth: string, path?: string): Seen => ({
  log: "verify public",
  headers: { authorization: auth, "x-gate-requirement": requirement(text, path) },
});
export const refused = (why: string): Seen => ({
  log: `login ${why}`,
  status: 401,
  challenge: 'Bearer realm="gate", error="invalid_token"',
});
export const PASSES: Seen = { log: `allow session ${ALICE.uid}`, headers: IDENTITY };
export const ASKS: Seen = { log: "login none", status: 401, challenge: 'Bearer realm="gate"' };
