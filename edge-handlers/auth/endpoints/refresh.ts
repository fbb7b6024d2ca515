/** `POST refresh`: renews the session for a page's scripts, which cannot follow a redirect to sign-in. */
import { isSameOrigin } from "../../shared/fetch-metadata";
import { json } from "../../shared/responses";
import { clearedRefreshCookie } from "../cookies/refresh";
import { clearedSessionCookie, readSession } from "../cookies/session";
import type { RequestContext } from "../request-context";
import { Failure } from "../failures";
import { renewIn } from "../session/next-renewal";
import { renewSession } from "../session/renew";

export async function refresh(context: RequestContext): Promise<Response> {
  // Browsers send Lax cookies also with requests from other hosts of the same site. Those must not trigger a renewal.
  if (!isSameOrigin(context.request)) throw new Failure("cross_origin");
  const signed = await readSession(context);
  const renewal = signed && (await renewSession(context, signed, false));
  if (renewal?.outcome === "under_way") throw new Failure("renewal_under_way");
  // The cookies of a revoked session give no access, but make the next sign-in force re-authentication (login.ts).
  if (renewal?.outcome === "over" && renewal.known === undefined)
    context.setCookies.push(clearedSessionCookie(), clearedRefreshCookie(context));
  if (!renewal || !("expiresAt" in renewal)) throw new Failure("not_renewed");
  context.note.outcome = renewal.outcome;
  const { expiresAt } = renewal;
  return json({ expires_at: expiresAt, renew_in: renewIn(expiresAt - context.now, 0) });
}
