/** Calls a transmitter. Its answers are untrusted: only selected parts are shown, as {@link printable} text. */
import { CommandFailure } from "../failures";

export interface Call {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  /** Never shown. */
  accessToken?: string;
  /** Sent as JSON. */
  body?: object;
}

export interface Answer {
  status: number;
  /** Undefined if it is not JSON. */
  json: unknown;
}

/** Milliseconds. */
const TIMEOUT = 30_000;

/** Follows no redirects: the access token is for this address only. @throws CommandFailure if nothing answers */
export async function call(url: string, { method = "GET", accessToken, body }: Call = {}): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT),
      headers: {
        Accept: "application/json",
        ...(body && { "Content-Type": "application/json" }),
        // https://www.rfc-editor.org/rfc/rfc6750#section-2.1
        ...(accessToken !== undefined && { Authorization: `Bearer ${accessToken}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, json: parsed(await response.text()) };
  } catch (error) {
    const { name, cause } = error as { name: string; cause?: { code?: string } };
    throw new CommandFailure(
      "failed",
      `${new URL(url).origin} does not answer (${cause?.code ?? name})`,
      "check the network and its proxy, and NODE_EXTRA_CA_CERTS if its certificate is of a private authority; then run the command again",
    );
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export type Members = Record<string, unknown>;

export function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The texts of a list; a text counts as a list of one. */
export function textsOf(value: unknown): string[] {
  return [value].flat().filter((each): each is string => typeof each === "string");
}
