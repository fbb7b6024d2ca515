/** Makes and lists service tokens. The revoker never sees a token, only its hash: the caller makes the token. */
import { serviceTokenRefusal, type ServiceToken } from "../../ledger/records";
import { statusIds } from "../../ledger/tables";
import type { RevokerPorts } from "../ports";
import { InvalidRequest, type CreateTokenRequest } from "./command";

export interface CreatedToken {
  id: string;
  /** Unix seconds, like all times. */
  createdAt: number;
  endsAt: number;
}

export type ServiceTokenState = "active" | "revoked" | "expired";

export interface ServiceTokensAnswer {
  tokens: (Omit<ServiceToken, "hash"> & {
    state: ServiceTokenState;
    /** The last day on which it was used, in UTC: `2026-12-01`. */
    usedOn?: string;
  })[];
}

/** Repeating a request changes nothing, so that a lost answer does no harm. @throws InvalidRequest if the ID is taken */
export async function createToken(
  { ledger, now }: RevokerPorts,
  { id, hash, lifetime, description, by, roles, scopes, claims }: CreateTokenRequest,
): Promise<CreatedToken> {
  const createdAt = now();
  const token = { id, hash, roles, scopes, claims, description, by, createdAt, endsAt: createdAt + lifetime };
  const isNew = await ledger.putServiceToken(token, undefined);
  const held = isNew ? token : await ledger.serviceToken(id);
  if (held?.hash !== hash) throw new InvalidRequest("id: it is taken; make another token");
  return { id, createdAt: held.createdAt, endsAt: held.endsAt };
}

/** Newest first. */
export async function listTokens({ ledger, now }: RevokerPorts): Promise<ServiceTokensAnswer> {
  const tokens = (await ledger.serviceTokens()).sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));
  const [revocations, uses] = await Promise.all([
    ledger.revocations(tokens.flatMap(revocationIds)),
    ledger.serviceTokenUses(tokens.map(({ id }) => id)),
  ]);
  return {
    tokens: tokens.map((token) => {
      const { hash: _, ...shown } = token;
      const own = revocationIds(token).flatMap((id) => revocations.get(id) ?? []);
      const refusal = serviceTokenRefusal({ token, revocations: own }, now());
      const usedOn = uses.get(token.id);
      return {
        ...shown,
        state: refusal === "revoked" || refusal === "expired" ? refusal : "active",
        ...(usedOn !== undefined && { usedOn }),
      };
    }),
  };
}

function revocationIds({ id }: ServiceToken): string[] {
  const { user, session } = statusIds(id, id);
  return [user, session];
}
