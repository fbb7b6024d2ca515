/**
 * `POST token`: exchanges another token for an edge token, which the gate verifies without the handler. The other token
 * is an access token of an issuer, the token of a CI job or an IAM role, or a service token (OAuth 2.0 Token Exchange,
 * https://www.rfc-editor.org/rfc/rfc8693).
 *
 * Reads no cookie and sets none: only the subject token identifies the caller. So another site gains nothing by sending
 * a visitor's browser here.
 */
import { tokenKey } from "../../../session/keys";
import { hmac } from "../../../session/node-hash";
import { EDGE_TOKEN_VERSION, MAX_TOKEN_LENGTH, mintToken, type Session } from "../../../session/token";
import { json } from "../../shared/responses";
import { sessionOfAccessToken } from "../exchange/access-token";
import { ExchangeRefused } from "../exchange/refusal";
import { ACCESS_TOKEN_TYPE, readExchange } from "../exchange/request";
import { sessionOfServiceToken } from "../exchange/service-token";
import { Failure } from "../failures";
import type { RequestContext } from "../request-context";

export async function token(context: RequestContext): Promise<Response> {
  // Without an API nothing accepts edge tokens.
  if (context.settings.accessTokens === undefined) throw new Failure("not_found");
  try {
    const { subjectToken, isServiceToken, scopes } = await readExchange(context);
    const session = await (isServiceToken ? sessionOfServiceToken : sessionOfAccessToken)(context, subjectToken);
    return await answer(context, narrowed(session, scopes));
  } catch (error) {
    if (!(error instanceof ExchangeRefused)) throw error;
    Object.assign(context.note, { outcome: "refused", detail: error.codes });
    // https://www.rfc-editor.org/rfc/rfc6749#section-5.2
    const { error: code, description } = error.kind;
    return json({ error: code, error_description: description }, 400);
  }
}

/** @throws ExchangeRefused `scope`: the result never has more than the subject token */
function narrowed(session: Session, scopes: readonly string[] | undefined): Session {
  if (scopes === undefined) return session;
  const held = session.claims["scope"] ?? [];
  if (!scopes.every((scope) => held.includes(scope))) throw new ExchangeRefused("scope");
  return { ...session, claims: { ...session.claims, scope: held.filter((scope) => scopes.includes(scope)) } };
}

/** https://www.rfc-editor.org/rfc/rfc8693#section-2.2.1 */
async function answer({ ports, now, note }: RequestContext, session: Session): Promise<Response> {
  const expiresIn = session.expiresAt - now;
  // The subject token has expired, but within the tolerance for the issuer's clock.
  if (expiresIn <= 0) throw new ExchangeRefused("time", "expired");
  const { current, keys } = await ports.keys();
  const edgeToken = mintToken(hmac, tokenKey(hmac, keys[current]!), current, session, EDGE_TOKEN_VERSION);
  if (edgeToken.length > MAX_TOKEN_LENGTH) throw new Failure("session_too_large");
  note.outcome = "exchanged";
  const scope = session.claims["scope"]?.join(" ");
  return json({
    access_token: edgeToken,
    issued_token_type: ACCESS_TOKEN_TYPE,
    token_type: "Bearer",
    expires_in: expiresIn,
    ...(scope !== undefined && { scope }),
  });
}
