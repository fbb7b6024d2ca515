/** `callback/<idp>`: where the identity provider sends the browser back to, with a code or an error. */
import { LEDGER_RETENTION } from "../../../ledger/records";
import { redirect } from "../../shared/responses";
import { cutoffsOf, endAsCutoff, judgeAuthentication, type Cutoff, type Known } from "../sign-in/authentication";
import { clearedFlowCookie, readFlow, type Flow } from "../cookies/flow";
import { signInsCookie } from "../cookies/sign-ins";
import { establishSession, ledgerSession } from "../session/establish";
import { addDetail, identityProviderOf, loginPath, type RequestContext } from "../request-context";
import { codesOf } from "../../shared/failure";
import { asFailure, Failure } from "../failures";
import { keepUpWithLockdown } from "../session/lockdown";
import { identify, type Identity } from "../oidc/identity";
import { prepare, relyingParty, type RelyingParty } from "../oidc/relying-party";
import { redeemCode, type Tokens } from "../oidc/tokens";
import { reactToReuse } from "../session/reuse";
import { startSignIn } from "../sign-in/start-sign-in";

export async function callback(context: RequestContext, idp: string): Promise<Response> {
  const { settings, url, ports, note } = context;
  if (!identityProviderOf(settings, idp)) throw new Failure("not_found");
  note.idp = idp;
  prepare(context, idp);
  // Without keys nothing can be said about a flow, and a sign-in that is under way is not over.
  await ports.keys();
  const flow = await readFlow(context, url.searchParams.get("state") ?? "");
  if (!flow) throw new Failure("flow_missing");
  // Whatever comes of it, a flow is used once.
  context.setCookies.push(clearedFlowCookie(flow.state));
  context.startAgain = loginPath(settings, flow.returnPath);
  if (flow.idp !== idp) throw new Failure("flow_mismatch");

  const party = await relyingParty(context, idp);
  const tokens = await redeemFlow(context, party, flow);
  const identity = await identify(context, party, tokens);
  const known = await openSession(context, flow, identity, tokens.refreshToken);
  if (known) return startSignIn(context, idp, flow.returnPath, known);
  context.setCookies.push(signInsCookie(context, "s"));
  note.outcome = "signed_in";
  return redirect(flow.returnPath);
}

/** A provider that refuses the code has seen it before, or is late: whether the flow's session exists tells which. */
async function redeemFlow(context: RequestContext, party: RelyingParty, flow: Flow): Promise<Tokens> {
  try {
    return await redeemCode(context, party, flow);
  } catch (error) {
    const failure = asFailure(error);
    const opened = failure.code === "grant_refused" ? await context.ports.ledger.bySid(flow.sid) : undefined;
    if (!opened) throw failure;
    await reactToReuse(context, "flow", opened);
    throw new Failure("flow_reused");
  }
}

/**
 * Gives the browser its session, once the ledger has it.
 *
 * @returns what the next sign-in has to know, where the user has to authenticate again
 * @throws Failure `flow_reused`, `authentication_too_old`, `ledger_unavailable` and those of {@link establishSession}
 */
async function openSession(
  context: RequestContext,
  flow: Flow,
  identity: Identity,
  refreshToken: string | undefined,
): Promise<Known | undefined> {
  const { settings, ports, now } = context;
  const { sid, idp, reauthentication } = flow;
  const { uid, email, idpSession, authTime } = identity;
  const endsAt = now + settings.session.absolute;
  // In parallel, because each may be the better part of a second away.
  const [ledgerStatus] = await Promise.all([
    ports.ledger.status({ uid, sid }),
    ports.ledger.point({
      uid,
      sid,
      email,
      startedAt: now,
      expiresAt: endsAt + LEDGER_RETENTION,
      ...(idpSession !== undefined && { idpSession }),
    }),
  ]);
  // Also where the flow starts over: its cookie would be sealed with a key that is gone.
  await keepUpWithLockdown(context, ledgerStatus.revocations);
  const { revocations, mark, gatewayMark, floor } = ledgerStatus;
  const known: Known = { ...reauthentication, mark, gatewayMark };
  if (!isAccepted(context, cutoffsOf(revocations, reauthentication, now), authTime, "user_revoked")) return known;

  const refresh = refreshToken === undefined ? undefined : { refreshToken, generation: 0 };
  const { session, cookies } = await establishSession(
    context,
    { sid, issuedAt: now, idp, mark, floor, endsAt },
    identity,
    refresh,
  );
  // The end of the provider's session is looked for after the pointer was written, and the pointer after the end: one
  // sees the other.
  const [isFirst, endedAt] = await Promise.all([
    ports.ledger.open(ledgerSession(context, session, identity, ledgerStatus, endsAt)),
    idpSession === undefined ? undefined : ports.ledger.endOf(idpSession),
  ]);
  if (!isFirst) {
    await reactToReuse(context, "flow", session);
    throw new Failure("flow_reused");
  }
  const end = endAsCutoff(endedAt, reauthentication);
  if (judgeAuthentication(end, authTime) !== "accepted") {
    // Nobody has its cookies. It is ended for the list of sessions.
    await ports.ledger.end({ uid, sid }, now).catch((error) => addDetail(context, codesOf(asFailure(error))));
  }
  if (!isAccepted(context, end, authTime, "idp_session_ended")) return { ...known, endedAt };
  context.setCookies.push(...cookies);
  return undefined;
}

/** @throws Failure `authentication_too_old` where the provider was asked to authenticate the user, and did not */
function isAccepted(context: RequestContext, cutoffs: Cutoff[], authTime: number | undefined, detail: string): boolean {
  const verdict = judgeAuthentication(cutoffs, authTime);
  if (verdict === "accepted") return true;
  addDetail(context, detail);
  if (verdict === "too_old") throw new Failure("authentication_too_old");
  return false;
}
