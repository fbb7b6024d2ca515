/** `edgegate token list`: every service token that is in the ledger. */
import type { Context } from "../context";
import { columns, time, type Outcome } from "../output";
import { askRevoker } from "../revoker";

const COLUMNS = ["id", "state", "roles", "scopes", "expires", "last used", "made", "by", "description"];

export async function listTokens({ gateway }: Context): Promise<Outcome> {
  const answer = await askRevoker(gateway, { operation: "tokens" });
  const rows = answer.tokens.map((token) => [
    token.id,
    token.state,
    token.roles.join(", ") || "–",
    token.scopes.join(" ") || "–",
    time(token.endsAt),
    token.usedOn ?? "never",
    time(token.createdAt),
    token.by,
    token.description,
  ]);
  return {
    json: answer,
    text: rows.length === 0 ? "No service token is in the ledger.\n" : columns(COLUMNS, rows),
  };
}
