/** `edgegate sessions`: who is signed in, since when and from where. */
import type { Context } from "../context";
import { usageFailure } from "../failures";
import { columns, time, type Outcome } from "../output";
import { askRevoker } from "../revoker";
import { nameOf, parseUser } from "../users";

const COLUMNS = ["user", "uid", "session", "idp", "signed in", "renewed", "ends", "address", "state"];

export async function sessions({
  gateway,
  options,
}: Context<{ user?: string; all?: boolean; limit?: number }>): Promise<Outcome> {
  const { user, all = false, limit } = options;
  if (all && user === undefined) throw usageFailure("--all goes with --user", "add --user, or leave --all out");
  const whose = user === undefined ? {} : parseUser(user);
  const answer = await askRevoker(gateway, {
    operation: "sessions",
    ...whose,
    all,
    ...(limit !== undefined && { limit }),
  });
  const rows = answer.sessions.map((session) => [
    nameOf(session) ?? "–",
    session.uid,
    session.sid,
    session.kind === "api" ? `${session.idp} (API)` : session.idp,
    time(session.startedAt),
    time(session.renewedAt),
    time(session.endsAt),
    session.address,
    session.reuse === undefined ? session.state : `${session.state}, ${session.reuse} used twice`,
  ]);
  const none = `No ${all ? "" : "active "}session${user === undefined ? "" : " of this user"} is in the ledger.\n`;
  const more = answer.hasMore
    ? `The newest ${rows.length}; there are more. Write --limit (at most 1000) or --user\n`
    : "";
  return { json: answer, text: rows.length === 0 ? none : columns(COLUMNS, rows) + more };
}
