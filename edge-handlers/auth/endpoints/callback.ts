/** `callback/<idp>`: where the identity provider sends the browser back to, with a code or an error. */
import { redirect } from "../answers";
import { clearedFlowCookie, readFlow, type Flow } from "../cookies/flow";
import { signInsCookie } from "../cookies/sign-ins";
import { establishSession, ledgerSession } from "../establish";
import { addDetail, identityProviderOf, loginPath, type Exchange } from "../exchange";
import { asFailure, codesOf, Failure } from "../failures";
import { keepUpWithLockdown } from "../lockdown";
import { identify, type Identity } from "../oidc/identity";
import { prepare, relyingParty, type RelyingParty } from "../oidc/relying-party";
import { redeemCode, type Tokens } from "../oidc/tokens";
import { reactToReuse } from "../reuse";
import { isAuthenticatedSince } from "../standing";
import { startSignIn } from "../start-sign-in";

export async function callback(exchange: Exchange, idp: string): Promise<Response> {
  const { settings, url, ports, note } = exchange;
  if (!identityProviderOf(settings, idp)) throw new Failure("not_found");
  note.idp = idp;
  prepare(exchange, idp);
  // Without keys nothing can be said about a flow, and a sign-in that is under way is not over.
  await ports.keys();
  const flow = await readFlow(exchange, url.searchParams.get("state") ?? "");
  if (!flow) throw new Failure("flow_missing");
  // Whatever comes of it, a flow is used once.
  exchange.setCookies.push(clearedFlowCookie(flow.state));
  exchange.startAgain = loginPath(settings, flow.returnPath);
  if (flow.idp !== idp) throw new Failure("flow_mismatch");

  const party = await relyingParty(exchange, idp);
  const tokens = await redeemFlow(exchange, party, flow);
  const identity = await identify(exchange, party, tokens);
  if (!(await openSession(exchange, flow, identity, tokens.refreshToken))) return startOver(exchange, flow, identity);
  exchange.setCookies.push(signInsCookie(exchange, "s"));
  note.outcome = "signed_in";
  return redirect(flow.returnPath);
}

/** A provider that refuses the code has seen it before, or is late: whether the flow's session exists tells which. */
async function redeemFlow(exchange: Exchange, party: RelyingParty, flow: Flow): Promise<Tokens> {
  try {
    return await redeemCode(exchange, party, flow);
  } catch (error) {
    const failure = asFailure(error);
    const opened = failure.code === "grant_refused" ? await exchange.ports.ledger.bySid(flow.sid) : undefined;
    if (!opened) throw failure;
    await reactToReuse(exchange, "flow", opened);
    throw new Failure("flow_reused");
  }
}

/**
 * Gives the browser its session, once the ledger has it.
 *
 * @returns false where the user has to authenticate anew, because of a revocation since
 * @throws Failure `flow_reused`, `ledger_unavailable` and those of {@link establishSession}
 */
async function openSession(exchange: Exchange, flow: Flow, identity: Identity, refreshToken: string | undefined): Promise<boolean> {
  const { settings, ports, now } = exchange;
  const { sid, idp } = flow;
  const endsAt = now + settings.session.absolute;
  const refresh = refreshToken === undefined ? undefined : { refreshToken, generation: 0 };
  const establish = () => establishSession(exchange, { sid, issuedAt: now, idp, endsAt }, identity, refresh);
  const { session, cookies } = await establish();
  const { uid } = session;
  // At once, because each may be the better part of a second away.
  const [{ revocations }, isEnded, isFirst] = await Promise.all([
    ports.ledger.standing(uid, sid),
    identity.idpSession !== undefined && ports.ledger.isMarkedEnded(identity.idpSession, now),
    ports.ledger.open(ledgerSession(exchange, session, identity, endsAt)),
  ]);
  if (!isFirst) {
    await reactToReuse(exchange, "flow", session);
    throw new Failure("flow_reused");
  }
  // Before the flow starts over, too: its cookie would be sealed with a key that is gone.
  const isOutdated = await keepUpWithLockdown(exchange, revocations);
  const askedAt = flow.anew ? flow.startedAt : undefined;
  if (isEnded || !isAuthenticatedSince(revocations, { now, authTime: identity.authTime, askedAt })) return false;
  exchange.setCookies.push(...(isOutdated ? (await establish()).cookies : cookies));
  return true;
}

/**
 * The same sign-in, at which the provider must authenticate the user. Nobody has a cookie of the session that was opened too early: it is ended
 * for the list of sessions, and meanwhile, for time is short.
 */
async function startOver(exchange: Exchange, { idp, sid, returnPath, anew }: Flow, { uid }: Identity): Promise<Response> {
  const { ports, now } = exchange;
  addDetail(exchange, "user_revoked");
  const ended = ports.ledger.end(uid, sid, now).catch((error) => addDetail(exchange, codesOf(asFailure(error))));
  try {
    if (anew) throw new Failure("authentication_too_old");
    return await startSignIn(exchange, idp, returnPath, true);
  } finally {
    await ended;
  }
}
