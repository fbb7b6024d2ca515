/**
 * `device/register` and `device/refresh`: the browser itself calls them, for device-bound sessions
 * (https://w3c.github.io/webappsec-dbsc/). The first binds a session to a key. The second accepts proofs that the
 * browser still has the key.
 *
 * A refusal (4xx) makes the browser forget the bound session, and the next renewal leads to sign-in. A 403 with a
 * challenge makes it sign that one (https://w3c.github.io/webappsec-dbsc/#algo-session-request).
 */
import { empty, json } from "../../shared/responses";
import { deviceCookie } from "../cookies/device";
import { readSession } from "../cookies/session";
import { bind, identifierOf, sessionInstructions, sessionNamed } from "../device/binding";
import { makeChallenge, readChallenge, type Challenge } from "../device/challenge";
import { readProof, unquoted, verifyProof } from "../device/proof";
import { addressOf, type RequestContext } from "../request-context";
import { Failure } from "../failures";
import { statusOf } from "../session/status";
import type { SessionId } from "../../../ledger/records";

export function device(context: RequestContext, step: string): Promise<Response> {
  if (step === "register") return register(context);
  if (step === "refresh") return refreshProof(context);
  throw new Failure("not_found");
}

async function register(context: RequestContext): Promise<Response> {
  const proof = readProof(context.request.headers.get("secure-session-response"));
  const challenge = proof && (await readChallenge(context, "register", proof.challenge));
  if (!challenge || proof?.key === undefined) throw new Failure("device_refused", "registration");
  await refuseOtherSession(context, challenge);
  await verifyProof(proof, proof.key, addressOf(context));
  if (!(await bind(context, challenge, proof.key))) throw new Failure("device_refused", "not_bound");
  return proved(context, challenge, "device_bound");
}

async function refreshProof(context: RequestContext): Promise<Response> {
  const { headers } = context.request;
  // Scripts cannot set it, because its name starts with "Sec-".
  const session = sessionNamed(unquoted(headers.get("sec-secure-session-id")));
  if (!session) throw new Failure("device_refused", "session_name");
  await refuseOtherSession(context, session);
  const proof = readProof(headers.get("secure-session-response"));
  const challenge = proof && (await readChallenge(context, "refresh", proof.challenge));
  if (!proof || challenge?.sid !== session.sid || challenge.uid !== session.uid) return ask(context, session);
  const ledgerStatus = await context.ports.ledger.status(session);
  const key = ledgerStatus.session?.deviceKey;
  if (key === undefined || statusOf(ledgerStatus, context) !== "active")
    throw new Failure("device_refused", "not_bound");
  await verifyProof(proof, key, addressOf(context));
  return proved(context, challenge, "device_proved");
}

async function ask(context: RequestContext, session: SessionId): Promise<Response> {
  context.note.outcome = "device_challenged";
  const challenge = await makeChallenge(context, "refresh", session);
  const response = empty(403);
  // https://w3c.github.io/webappsec-dbsc/#header-secure-session-challenge
  response.headers.set("secure-session-challenge", `"${challenge}";id="${identifierOf(session)}"`);
  return response;
}

async function proved(context: RequestContext, challenge: Challenge, outcome: string): Promise<Response> {
  const { uid, sid } = challenge;
  Object.assign(context.note, { uid, sid, outcome });
  context.setCookies.push(await deviceCookie(context, challenge));
  return json(sessionInstructions(context, challenge));
}

/** A browser that has signed in again still has the bound session from before, and must forget it. */
async function refuseOtherSession(context: RequestContext, { sid }: SessionId): Promise<void> {
  const current = await readSession(context);
  if (current && current.session.sid !== sid) throw new Failure("device_refused", "other_session");
}
