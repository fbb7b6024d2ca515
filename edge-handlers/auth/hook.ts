/**
 * Calls the site's own function or server. A call is never repeated, because it may have effects that must not happen
 * twice.
 */
import type { HookSettings } from "../../session/settings";
import { safeCode } from "../shared/failure";
import { idpFetch } from "../shared/idp-fetch";
import { asFailure } from "./failures";
import type { RequestContext } from "./request-context";

interface HookAnswer {
  /** HTTP status; 200 for a function that returned a value. */
  status: number;
  json(): Promise<unknown>;
}

/** @param body JSON @throws any error; {@link causeOf} names it */
export async function callHook(
  { ports, deadline }: RequestContext,
  hook: HookSettings,
  body: string,
): Promise<HookAnswer> {
  const signal = AbortSignal.any([deadline, AbortSignal.timeout(hook.timeout * 1000)]);
  if ("function" in hook) {
    const returned = await ports.invokeHook(hook.function, body, signal);
    return { status: 200, json: () => Promise.resolve(returned) };
  }
  const { url, audience } = hook;
  // The token proves that the request is from this gateway. The server verifies it with AWS's keys, so the two share no
  // secret.
  const token = await ports.webIdentityToken({ audience, algorithm: "RS256" });
  const headers = {
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
    accept: "application/json",
  };
  const response = await idpFetch(url, { method: "POST", headers, body, signal });
  return { status: response.status, json: () => response.json() };
}

/** A machine-readable code for the log. */
export function causeOf(error: unknown): string | undefined {
  const { code, detail } = asFailure(error);
  return code === "hook_unavailable" || code.startsWith("idp_") ? detail : safeCode(error);
}
