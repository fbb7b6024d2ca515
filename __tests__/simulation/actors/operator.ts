/** What operators, schedules, the customer's automation and Lambda itself do to a gateway. */
import type { History } from "../history";
import type { KnownRevocation } from "../model";
import type { Operation } from "../profile";
import type { Person } from "./person";

const ATTEMPTS = 4;

/** @returns whether it was said to be done */
export async function operate(history: History, operation: Operation, person: Person): Promise<boolean> {
  const { world, gateway, model, counts } = history;
  const { random } = world;
  world.note(`operator: ${operation} ${person.sub}`);
  switch (operation) {
    case "revoke-user": {
      counts.add("revocations of users");
      const target = random.chance(0.5)
        ? { type: "user", uid: person.uid }
        : { type: "user", issuer: gateway.provider.issuer, subject: person.sub };
      return order(
        { kind: "user", uid: person.uid },
        { operation: "revoke", command: { version: 1, target, by: "operator:test", reason: "left" } },
      );
    }
    case "revoke-session": {
      const session = person.browser.session();
      if (!session) return false;
      counts.add("revocations of sessions");
      const target = { type: "session", sid: session.sid, ...(random.chance(0.5) && { uid: session.uid }) };
      return order(
        { kind: "session", sid: session.sid, uid: session.uid },
        { operation: "revoke", command: { version: 1, target, by: "operator:test", reason: "lost" } },
      );
    }
    case "lockdown":
      counts.add("lockdowns");
      return order({ kind: "gateway" }, { operation: "lockdown", by: "operator:test", reason: "keys leaked" });
    case "publish":
      counts.add("revocations of users");
      gateway.publish({ version: 1, target: { type: "user", uid: person.uid }, by: "automation", reason: "hr" });
      return true;
    case "sign-out-at-provider": {
      const session = person.session;
      if (!session) return false;
      person.session = undefined;
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const body = new URLSearchParams({ logout_token: gateway.provider.logoutToken(session, person) }).toString();
        const begunAt = world.now();
        const headers: [string, string][] = [["Content-Type", "application/x-www-form-urlencoded"]];
        const answer = await gateway.handle(random.whole(0, gateway.profile.edges - 1), {
          method: "POST",
          url: "/_gate/backchannel-logout/main",
          headers,
          body,
          address: "198.51.100.99",
        });
        if (answer?.status === 200) {
          history.endedAtProvider(session.sid, begunAt, answer.answeredAt);
          return true;
        }
        await world.sleep(random.whole(1_000, 30_000));
      }
      return false;
    }
    case "rotate":
      return gateway.rotate();
    case "repeat-step":
      await gateway.repeatStep();
      return true;
    case "recycle":
      gateway.recycle();
      return true;
    case "tidy":
    case "sweep":
    case "rebuild":
      return "result" in (await gateway.operate({ operation }));
  }

  /**
   * Until it is said to be done. Each attempt is a command of its own. An operator who gives up leaves the rest to the
   * daily sweep.
   */
  async function order(what: Pick<KnownRevocation, "kind" | "uid" | "sid">, request: object): Promise<boolean> {
    const attempts = history.profile.endsWithSweep ? ATTEMPTS : 100;
    for (let attempt = 0; attempt < attempts; attempt++) {
      const revocation: KnownRevocation = { ...what, askedAt: world.now(), doneAt: undefined, by: "operator" };
      model.revocations.push(revocation);
      const outcome = await gateway.operate(request);
      if ("result" in outcome && !("error" in (outcome.result as object))) {
        revocation.doneAt = world.now();
        world.note(`${what.kind} ${what.uid ?? ""} ${what.sid ?? ""} is revoked`);
        return true;
      }
      world.note(
        `operator: ${JSON.stringify("result" in outcome ? outcome.result : "error" in outcome ? outcome.error.message : outcome)}`,
      );
      await world.sleep(random.whole(1_000, 60_000));
    }
    return false;
  }
}
