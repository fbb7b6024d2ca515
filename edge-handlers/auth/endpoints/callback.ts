/** `callback/<idp>`: where the identity provider sends the browser back to, with a code or an error. */
import { redirect } from "../answers";
import { clearedFlowCookie, readFlow } from "../cookies/flow";
import { signInsCookie } from "../cookies/sign-ins";
import { establishSession } from "../establish";
import { identityProviderOf, loginPath, type Exchange } from "../exchange";
import { Failure } from "../failures";
import { identify } from "../oidc/identity";
import { relyingParty } from "../oidc/relying-party";
import { redeemCode } from "../oidc/tokens";

export async function callback(exchange: Exchange, idp: string): Promise<Response> {
  const { settings, url, ports, now, note } = exchange;
  if (!identityProviderOf(settings, idp)) throw new Failure("not_found");
  note.idp = idp;
  // Without keys nothing can be said about a flow, and a sign-in that is under way is not over.
  await ports.keys();
  const flow = await readFlow(exchange, url.searchParams.get("state") ?? "");
  if (!flow) throw new Failure("flow_missing");
  // Whatever comes of it, a flow is used once.
  exchange.setCookies.push(clearedFlowCookie(flow.state));
  exchange.startAgain = loginPath(settings, flow.returnPath);
  if (flow.idp !== idp) throw new Failure("flow_mismatch");

  const party = await relyingParty(exchange, idp);
  const tokens = await redeemCode(exchange, party, flow);
  const identity = await identify(exchange, party, tokens);
  await establishSession(exchange, { sid: ports.random(12), issuedAt: now, idp }, identity, tokens.refreshToken);
  exchange.setCookies.push(signInsCookie(exchange, "s"));
  note.outcome = "signed_in";
  return redirect(flow.returnPath);
}
