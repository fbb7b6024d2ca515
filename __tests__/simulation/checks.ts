/** What must be true of a history all along, and at its end. */
import { isRevoked, LEDGER_RETENTION, type LedgerSession, type Revocation } from "../../ledger/records";
import {
  gatewayPartOf,
  gatewayRevocationId,
  sessionKeyOf,
  sessionRevocationId,
  userRevocationId,
} from "../../ledger/tables";
import { SESSION_COOKIE } from "../../session/cookies";
import type { SessionKeys } from "../../session/keys";
import { keyRecordName } from "../../session/shard";
import { Browser } from "./actors/browser";
import { TABLES } from "./deployed";
import { SKEW, timeOf, type History } from "./history";
import { Violation, type KnownSession } from "./model";
import { CURRENT } from "./services/secrets-manager";

/**
 * Outcomes that say nothing about a theft: a failure, a token that was only signed again, or a renewal by somebody else
 * a moment ago, about which the next request learns more.
 */
const UNDECIDED =
  /unavailable|out_of_time|timeout|misconfigured|unreadable|renewed_elsewhere|reissued|under_way|passed_on/;

/** Every token that may live, at every edge. */
export async function probe(history: History): Promise<void> {
  const { model, world, gateway } = history;
  for (const session of model.sessions.values()) {
    const active = session.tokens.filter(({ expiresAt }) => expiresAt * 1000 + SKEW > world.now());
    if (active.length === 0) continue;
    const isGone = model.goneBy(session, world.now()) !== undefined;
    for (const { text, expiresAt } of isGone ? active : active.slice(-1)) {
      const mustPass = !isGone && history.mustLive(session);
      if (!isGone && !mustPass) continue;
      for (const [edge, skew] of gateway.edgeSkews.entries()) {
        const { log } = await gateway.decide(edge, {
          path: "/probe",
          headers: [
            ["Accept", "text/html"],
            ["Cookie", `${SESSION_COOKIE}=${text}`],
          ],
          address: "198.51.100.1",
        });
        if (isGone) {
          history.counts.add("tokens probed that must not pass");
          if (log.startsWith("allow")) history.passed(text, edge);
        } else if (expiresAt * 1000 > world.now() + skew && log !== "deny store") {
          history.counts.add("tokens probed that must pass");
          if (!log.startsWith("allow") && log !== "login outdated")
            throw new Violation(
              "no innocent is signed out",
              `the gate says ${log} to ${session.who}'s token of session ${session.sid} at edge ${edge}`,
            );
        }
      }
    }
  }
}

export async function checkStore(history: History): Promise<void> {
  const { gateway } = history;
  const keys = JSON.parse(gateway.secrets.textOf(CURRENT)!) as SessionKeys;
  const prefix = keyRecordName("");
  const held = [...gateway.store.records.keys()]
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length));
  const [inSecret, inStore] = [Object.keys(keys.keys).sort().join(" "), held.sort().join(" ")];
  if (inSecret !== inStore)
    throw new Violation("one truth after a rotation", `the secret has the keys ${inSecret}, the store ${inStore}`);
  const outcome = await gateway.operate({ operation: "check" });
  const answer = "result" in outcome ? (outcome.result as { isRight: boolean }) : undefined;
  if (!answer?.isRight)
    throw new Violation(
      "convergence after quiet",
      `check says ${JSON.stringify("error" in outcome ? outcome.error.message : outcome)}`,
    );
}

/** What was accepted is in the ledger, and says of each session that it is about what it must. */
export function checkLedger(history: History): void {
  const { model } = history;
  const { revocations, sessions, isVoid } = ledger(history);
  for (const { kind, uid, sid, doneAt, by, askedAt } of model.revocations) {
    if (doneAt === undefined && by === "operator") continue;
    const id =
      kind === "session"
        ? sessionRevocationId(sid!)
        : kind === "user"
          ? userRevocationId(uid!)
          : gatewayRevocationId("A");
    if (!revocations.has(id))
      throw new Violation("nothing accepted is lost", `the ledger has no ${id}, accepted at ${timeOf(askedAt)}`);
  }
  for (const id of history.flooded)
    if (!revocations.has(id)) throw new Violation("nothing accepted is lost", `the ledger has no ${id} of the flood`);
  for (const session of model.sessions.values()) {
    const { pk, sk } = sessionKeyOf(session.uid, session.sid);
    if (!sessions.has(pk + sk)) throw new Violation("nothing breaks", `the ledger has no session ${session.sid}`);
    const ended = model.against(session).find(({ doneAt }) => doneAt !== undefined);
    if (ended && !isVoid(session))
      throw new Violation(
        "nothing accepted is lost",
        `session ${session.sid} is not void in the ledger, although ${ended.kind} was revoked at ${timeOf(ended.askedAt)}`,
      );
  }
}

function ledger(history: History) {
  const { dynamoDb } = history.gateway;
  const revocations = new Map(
    dynamoDb.items<Revocation & { id: string }>(TABLES.revocationsTable).map((item) => [item.id, item]),
  );
  const sessions = new Map(
    dynamoDb
      .items<LedgerSession & { pk: string; sk: string }>(TABLES.sessionsTable)
      .map((item) => [item.pk + item.sk, item]),
  );
  const isVoid = ({ uid, sid }: KnownSession): boolean => {
    const { pk, sk } = sessionKeyOf(uid, sid);
    const ids = [userRevocationId(uid), sessionRevocationId(sid), gatewayRevocationId(gatewayPartOf(uid))];
    return isRevoked(
      sessions.get(pk + sk)!,
      ids.flatMap((id) => revocations.get(id) ?? []),
    );
  };
  return { revocations, sessions, isVoid };
}

/** What began at a session of the provider that is over has ended with it, also what was under way. */
export function checkProvider(history: History): void {
  for (const session of history.model.sessions.values()) {
    const over = history.model.endedAtProvider.get(session.providerSid);
    if (over && !session.isSignedOut && history.model.against(session).length === 0)
      throw new Violation(
        "nothing accepted is lost",
        `session ${session.sid} (${session.who}) lives, although the provider ended its own at ${timeOf(over.askedAt)}`,
      );
  }
}

/**
 * Whose cookie came from two addresses has lost the session. A revocation of the user from before it began can have
 * ended it, too, because clocks differ.
 */
export function checkThefts(history: History): void {
  const { isVoid } = ledger(history);
  for (const uses of history.uses.values()) {
    const renewed = uses.find(({ isRenewed }) => isRenewed);
    const others = uses.filter(
      ({ address, outcome }) => renewed && address !== renewed.address && !UNDECIDED.test(outcome),
    );
    if (!renewed || others.length === 0) continue;
    const session = history.model.sessions.get(renewed.sid);
    if (session && history.model.against(session).length === 0 && !isVoid(session))
      throw new Violation(
        "no thief escapes",
        `a refresh cookie of session ${renewed.sid} was used at ${renewed.address} and ${others[0]!.address} (${others[0]!.outcome}), and the session was not ended`,
      );
  }
}

/** Everybody can work, and who is innocent is asked for nothing. */
export async function checkPeople(history: History): Promise<void> {
  for (const person of history.people) {
    if (await person.visit()) continue;
    // Clocks that differ may keep somebody out for some minutes after a revocation.
    await history.world.sleep(10 * 60_000);
    if (!(await person.visit())) throw new Violation("nothing breaks", `${person.sub} cannot sign in any more`);
  }
}

/**
 * What is revoked stays out with whatever cookies it had: who kept them tries them all, also when the ledger begins
 * to forget.
 */
export async function checkRevoked(history: History): Promise<void> {
  history.counts.add("conflicts at the store", history.gateway.store.conflicts);
  const { random } = history.world;
  const { absolute } = history.profile.session;
  await history.world.sleep(
    random.pick([0, 30 * 60_000, 26 * 3_600_000, (LEDGER_RETENTION + absolute) * 1000]) + random.whole(0, 300_000),
  );
  for (const jar of history.kept) {
    const browser = new Browser(history, "203.0.113.77", () => random.whole(0, history.profile.edges - 1), jar);
    const session = browser.session();
    if (!session || !history.model.endedBy(session, history.world.now())) continue;
    history.counts.add("old cookies tried");
    // A token that comes of it is a violation.
    if (random.chance(0.5)) await browser.script("POST", "/_gate/refresh");
    else await browser.navigate("/_gate/login?return_to=%2Fwiki%2Fpage", "none");
  }
  await probe(history);
}
