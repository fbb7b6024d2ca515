/** `login?return_to=<path>[&idp=<id>]`: renews the session without showing the identity provider, or starts a sign-in. */
import { calculatePKCECodeChallenge } from "oauth4webapi";
import { escapeHtml, page, redirect } from "../answers";
import { clearedOldestFlowCookies, flowCookie, type Flow } from "../cookies/flow";
import { readSession } from "../cookies/session";
import { isLoop, signInsCookie } from "../cookies/sign-ins";
import { identityProviderOf, loginPath, type Exchange } from "../exchange";
import { Failure } from "../failures";
import { redirectUri, relyingParty } from "../oidc/relying-party";
import { renewSession } from "../renew";
import { readReturnPath } from "../return-path";

export async function login(exchange: Exchange): Promise<Response> {
  const { url, settings, note } = exchange;
  const returnPath = readReturnPath(url.searchParams.getAll("return_to"), settings.basePath);
  exchange.startAgain = loginPath(settings, returnPath);
  const [chosen, ...others] = url.searchParams.getAll("idp");
  if (others.length > 0 || (chosen !== undefined && !identityProviderOf(settings, chosen))) throw new Failure("unknown_identity_provider");
  if (await renewed(exchange, chosen)) return redirect(returnPath);

  const ids = Object.keys(settings.identityProviders);
  const idp = chosen ?? (ids.length === 1 ? ids[0] : undefined);
  if (idp !== undefined) return startSignIn(exchange, idp, returnPath);
  note.outcome = "choice_offered";
  return chooser(exchange, ids, returnPath);
}

/**
 * A token that has not expired is no reason to send the browser back at once: the gate may have refused it, because it is
 * revoked. Renewing does not help such a session either, so after a few renewals in a row the user signs in anew.
 */
async function renewed(exchange: Exchange, chosen: string | undefined): Promise<boolean> {
  const session = await readSession(exchange);
  if (!session || (chosen !== undefined && chosen !== session.idp) || isLoop(exchange, "r")) return false;
  if (!(await renewSession(exchange, session))) return false;
  exchange.setCookies.push(signInsCookie(exchange, "r"));
  exchange.note.outcome = "renewed";
  return true;
}

/** Code flow with PKCE, state and nonce, always (RFC 9700 section 2.1.1). */
async function startSignIn(exchange: Exchange, idp: string, returnPath: string): Promise<Response> {
  const { ports, now, note } = exchange;
  note.idp = idp;
  if (isLoop(exchange, "s")) throw new Failure("too_many_sign_ins");
  const { server, settings } = await relyingParty(exchange, idp);
  const flow: Flow = { state: ports.random(32), nonce: ports.random(32), verifier: ports.random(32), idp, returnPath, startedAt: now };

  const target = new URL(server.authorization_endpoint!);
  const parameters = {
    response_type: "code",
    // A form_post would come back without the Lax flow cookie.
    response_mode: "query",
    client_id: settings.clientId,
    redirect_uri: redirectUri(exchange, idp),
    scope: settings.scopes.join(" "),
    state: flow.state,
    nonce: flow.nonce,
    code_challenge: await calculatePKCECodeChallenge(flow.verifier),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(parameters)) target.searchParams.set(name, value);

  exchange.setCookies.push(...(await clearedOldestFlowCookies(exchange)), await flowCookie(exchange, flow));
  note.outcome = "sign_in_started";
  return redirect(target.href);
}

function chooser({ settings, reference }: Exchange, ids: string[], returnPath: string): Response {
  const links = ids.map((id) => {
    const [href, label] = [loginPath(settings, returnPath, id), settings.identityProviders[id]!.label].map(escapeHtml);
    return `<p><a class=b href="${href}">${label}</a>`;
  });
  return page(200, settings.theme, { title: "Sign in", text: `How do you want to sign in?${links.join("")}`, reference });
}
