/**
 * The result of the last attempt to renew a session. The ledger stores it, encrypted like a cookie. If the answer was
 * lost, the browser can get the same one again. A refresh token from the provider is not lost if the request that got
 * it fails.
 */
import type { LedgerSession } from "../../../ledger/records";
import type { Session } from "../../../session/token";
import type { Refresh } from "../cookies/refresh";
import { seal, unseal } from "../cookies/seal";
import type { RequestContext } from "../request-context";

/** The data that a renewal takes from the provider's answer. */
export type Given = Pick<Session, "expiresAt" | "authTime" | "strength" | "roles" | "email" | "claims">;

export interface Next extends Refresh {
  /** Absent if the attempt failed and only gave a new refresh token. */
  given?: Given;
}

/** @throws Failure `keys_unavailable` */
export function sealNext({ ports }: RequestContext, sid: string, next: Next): Promise<string> {
  return seal(ports, "edgegate-next", { sid, ...next });
}

/**
 * Undefined if there is none, or its key no longer exists.
 *
 * @throws Failure `keys_unavailable`
 */
export async function readNext({ ports }: RequestContext, { sid, next }: LedgerSession): Promise<Next | undefined> {
  const content = next === undefined ? undefined : await unseal<Next & { sid: string }>(ports, "edgegate-next", next);
  return content?.sid === sid ? content : undefined;
}

export function givenBy({ expiresAt, authTime, strength, roles, email, claims }: Session): Given {
  return { expiresAt, authTime, strength, roles, email, claims };
}
