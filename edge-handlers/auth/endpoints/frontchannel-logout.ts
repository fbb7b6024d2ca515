/**
 * `frontchannel-logout/<idp>?[iss=…&]sid=…`: the identity provider loads it in a hidden frame when it has signed a user
 * out (https://openid.net/specs/openid-connect-frontchannel-1_0.html).
 *
 * Browsers do not send Lax cookies to a frame in another site, so this endpoint neither reads nor clears cookies. It
 * revokes the sessions that began at the provider's session. That works even if the browser refuses to show the frame.
 * It may show it: `frame-ancestors` overrides the `X-Frame-Options` that the distribution adds. Requests are not
 * signed: knowing a `sid` (Entra sends nothing else) is the only proof, and ending that session is all that a request can do.
 */
import { issuersOf } from "../../../identity/user";
import { framed } from "../../shared/responses";
import { endIdpSession } from "../security-events/end-sessions";
import { identityProviderOf, type RequestContext } from "../request-context";
import { Failure } from "../failures";

export async function frontchannelLogout(context: RequestContext, idp: string): Promise<Response> {
  const { settings, url, note } = context;
  const provider = identityProviderOf(settings, idp);
  if (!provider) throw new Failure("not_found");
  note.idp = idp;
  const [issuers, sids] = [url.searchParams.getAll("iss"), url.searchParams.getAll("sid")];
  const [[issuer], [sid]] = [issuers, sids];
  const known = issuersOf(provider);
  if (issuers.length > 1 || (issuer !== undefined && !known.includes(issuer)) || sids.length !== 1 || !sid)
    throw new Failure("bad_request");
  const ending = { by: `frontchannel-logout:${idp}`, reason: "The identity provider signed the user out." };
  const ended = await Promise.all(
    (issuer === undefined ? known : [issuer]).map((one) => endIdpSession(context, { issuer: one, sid }, ending, false)),
  );
  note.outcome = ended.some((sessions) => sessions > 0) ? "signed_out" : "no_session";
  return framed("Signed out", new URL(provider.issuer).origin);
}
