import { calculatePKCECodeChallenge } from "oauth4webapi";
import { profileOf, scopesOf } from "../../../identity/profiles";
import { redirect } from "../../shared/responses";
import type { Known } from "./authentication";
import { stepUpParameters, type StepUp } from "./step-up";
import { flowCookies, newFlow } from "../cookies/flow";
import { isLoop } from "../cookies/sign-ins";
import type { RequestContext } from "../request-context";
import { Failure } from "../failures";
import { authorizationUrl } from "../oidc/authorization-request";
import { redirectUri, relyingParty } from "../oidc/relying-party";

export interface SignInOptions {
  /** If given, forces re-authentication: the known cut-offs that require it. */
  reauthentication?: Known | undefined;
  /** The required strength and age of the authentication. */
  stepUp?: StepUp | undefined;
  /** True if the user wants to use another account than the one that the provider knows. */
  isAnother?: boolean;
  /** The e-mail address that the user typed. */
  loginHint?: string;
}

/**
 * Redirects the browser to the identity provider, always with the code flow, PKCE, state and nonce (RFC 9700 section
 * 2.1.1).
 *
 * @throws Failure `too_many_sign_ins`, `keys_unavailable`, and those of every kind that an identity provider can cause
 */
export async function startSignIn(
  context: RequestContext,
  idp: string,
  returnPath: string,
  { reauthentication, stepUp, isAnother = false, loginHint }: SignInOptions = {},
): Promise<Response> {
  const { ports, note } = context;
  note.idp = idp;
  if (isLoop(context, "s")) throw new Failure("too_many_sign_ins");
  // In parallel, because from a distant region each call may take most of a second.
  const [party] = await Promise.all([relyingParty(context, idp), ports.keys()]);
  const begun = {
    idp,
    ...(reauthentication && { reauthentication }),
    ...(stepUp && { stepUp }),
    startedAt: context.now,
  };
  const flow = newFlow(ports.random(32), begun, returnPath);

  const { settings, server } = party;
  const { parameters, accountPrompt } = profileOf(settings.profile);
  const target = await authorizationUrl(context, party, {
    ...parameters,
    ...settings.authorizationParameters,
    ...stepUpParameters(stepUp, settings),
    ...(loginHint !== undefined && { login_hint: loginHint }),
    response_type: "code",
    // With `form_post` the browser would not send the Lax flow cookie.
    response_mode: "query",
    client_id: settings.clientId,
    redirect_uri: redirectUri(context, idp),
    scope: scopesOf(settings, server).join(" "),
    state: flow.state,
    nonce: flow.nonce,
    code_challenge: await calculatePKCECodeChallenge(flow.verifier),
    code_challenge_method: "S256",
    // https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest; `max_age` makes `auth_time` mandatory.
    ...(isAnother && accountPrompt && { prompt: accountPrompt }),
    ...((reauthentication || (isAnother && !accountPrompt)) && { prompt: "login", max_age: "0" }),
  });
  context.setCookies.push(...(await flowCookies(context, flow)));
  note.outcome = "sign_in_started";
  return redirect(target.href);
}
