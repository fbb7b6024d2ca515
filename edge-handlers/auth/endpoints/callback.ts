/** `callback/<idp>`: the identity provider redirects the browser here, with a code or an error. */
import { LEDGER_RETENTION } from "../../../ledger/records";
import { redirect } from "../../shared/responses";
import { cutoffsOf, endAsCutoff, judgeAuthentication, type Cutoff, type Known } from "../sign-in/authentication";
import { endedFlowCookies, readFlow, type Flow } from "../cookies/flow";
import { providerCookies } from "../cookies/provider";
import type { RefreshToken } from "../cookies/refresh";
import { signInsCookie } from "../cookies/sign-ins";
import { offerBinding } from "../device/binding";
import { establishSession, ledgerSession } from "../session/establish";
import { addDetail, identityProviderOf, startAgainPath, type RequestContext } from "../request-context";
import { codesOf } from "../../shared/failure";
import { asFailure, Failure } from "../failures";
import { keepUpWithLockdown } from "../session/lockdown";
import { identify, type Identity } from "../oidc/identity";
import { prepare } from "../oidc/prepare";
import { relyingParty, type RelyingParty } from "../oidc/relying-party";
import { redeemCode, type Tokens } from "../oidc/tokens";
import { reactToReuse } from "../session/reuse";
import { askHook, withHookAnswer } from "../sign-in/hook";
import { startSignIn } from "../sign-in/start-sign-in";
import { requireStepUp, stepUpQuery } from "../sign-in/step-up";

export async function callback(context: RequestContext, idp: string): Promise<Response> {
  const { settings, url, ports, note } = context;
  if (!identityProviderOf(settings, idp)) throw new Failure("not_found");
  note.idp = idp;
  prepare(context, idp);
  // Without the keys the flow cannot be read. Failing here keeps its cookie, so that the callback can be tried again.
  await ports.keys();
  const flow = await readFlow(context, url.searchParams.get("state") ?? "");
  if (!flow) throw new Failure("flow_missing");
  // A flow is used once, even if the sign-in fails.
  context.setCookies.push(...(await endedFlowCookies(context, flow)));
  context.startAgain = startAgainPath(settings, flow.returnPath) + stepUpQuery(flow.stepUp);
  if (flow.idp !== idp) throw new Failure("flow_mismatch");

  const party = await relyingParty(context, idp);
  const tokens = await redeemFlow(context, party, flow);
  const identity = await identify(context, party, tokens);
  // Check this before the new session begins, so that a failure leaves the existing one in place.
  if (flow.stepUp) requireStepUp(flow.stepUp, identity, context.now);
  const known = await openSession(context, flow, identity, tokens.refreshToken);
  if (known) return startSignIn(context, idp, flow.returnPath, { reauthentication: known, stepUp: flow.stepUp });
  context.setCookies.push(signInsCookie(context, "s"), ...providerCookies(context, idp));
  note.outcome = "signed_in";
  const response = redirect(flow.returnPath);
  // Without a refresh token there is no renewal that could ask for a proof.
  if (settings.session.deviceBound && tokens.refreshToken !== undefined)
    await offerBinding(context, response, { uid: identity.uid, sid: flow.sid });
  return response;
}

/**
 * If the provider refuses the code, it was used before or has expired. It was used before if the flow's session exists.
 */
async function redeemFlow(context: RequestContext, party: RelyingParty, flow: Flow): Promise<Tokens> {
  const { spentFlows } = context.identityProviders;
  try {
    if (spentFlows.has(flow.sid)) throw new Failure("grant_refused", "spent_flow");
    const tokens = await redeemCode(context, party, flow);
    spentFlows.add(flow.sid);
    return tokens;
  } catch (error) {
    const failure = asFailure(error);
    if (failure.code !== "grant_refused") throw failure;
    spentFlows.add(flow.sid);
    const opened = await context.ports.ledger.bySid(flow.sid);
    if (!opened) throw failure;
    await reactToReuse(context, "flow", opened);
    throw new Failure("flow_reused");
  }
}

/**
 * Records the session in the ledger, then gives it to the browser.
 *
 * @returns what the next sign-in has to know if the user must re-authenticate; otherwise undefined
 * @throws Failure `flow_reused`, `authentication_too_old`, `ledger_unavailable`, `hook_refused`, `hook_unavailable` and
 *   those of {@link establishSession}
 */
async function openSession(
  context: RequestContext,
  flow: Flow,
  identity: Identity,
  refreshToken: RefreshToken | undefined,
): Promise<Known | undefined> {
  const { settings, ports, now } = context;
  const { sid, idp, reauthentication } = flow;
  const { uid, email, login, idpSession, authTime } = identity;
  const endsAt = now + settings.session.absolute;
  // In parallel, because from a distant region each call may take most of a second.
  const [ledgerStatus, hook] = await Promise.all([
    ports.ledger.status({ uid, sid }),
    askHook(context, idp, identity),
    ports.ledger.point({
      uid,
      sid,
      email,
      ...(login !== undefined && { login }),
      startedAt: now,
      expiresAt: endsAt + LEDGER_RETENTION,
      ...(idpSession !== undefined && { idpSession }),
    }),
  ]);
  // A sign-in that starts over needs this too: its flow cookie must not be sealed with a replaced key.
  await keepUpWithLockdown(context, ledgerStatus.revocations);
  const { revocations, mark, gatewayMark, floor } = ledgerStatus;
  const known: Known = { ...reauthentication, mark, gatewayMark };
  if (!isAccepted(context, cutoffsOf(revocations, reauthentication, now), authTime, "user_revoked")) return known;

  const refresh = refreshToken === undefined ? undefined : { refreshToken, generation: 0, ...(hook && { hook }) };
  const { session, cookies } = await establishSession(
    context,
    { sid, issuedAt: now, idp, mark, floor, endsAt },
    withHookAnswer(context, identity, hook),
    refresh,
  );
  // This reads the end of the provider's session after writing the pointer. A logout writes the end and then reads
  // pointers. So at least one of the two sees the other.
  const [isFirst, endedAt] = await Promise.all([
    ports.ledger.open(ledgerSession(context, session, identity, ledgerStatus, endsAt)),
    idpSession === undefined ? undefined : ports.ledger.endOf(idpSession),
  ]);
  if (!isFirst) {
    await reactToReuse(context, "flow", { ...session, reuse: ledgerStatus.session?.reuse });
    throw new Failure("flow_reused");
  }
  const end = endAsCutoff(endedAt, reauthentication);
  if (judgeAuthentication(end, authTime) !== "accepted") {
    // No browser has this session's cookies. Ending it keeps the list of sessions correct.
    await ports.ledger.end({ uid, sid }, now).catch((error) => addDetail(context, codesOf(asFailure(error))));
  }
  if (!isAccepted(context, end, authTime, "idp_session_ended")) return { ...known, endedAt };
  context.setCookies.push(...cookies);
  return undefined;
}

/** @throws Failure `authentication_too_old` if the request forced re-authentication, but the provider did not do it */
function isAccepted(context: RequestContext, cutoffs: Cutoff[], authTime: number | undefined, detail: string): boolean {
  const verdict = judgeAuthentication(cutoffs, authTime);
  if (verdict === "accepted") return true;
  addDetail(context, detail);
  if (verdict === "too_old") throw new Failure("authentication_too_old");
  return false;
}
