/**
 * Somebody who works with the site: visits it now and then, in several tabs at times, and signs in where that is asked
 * for.
 */
import type { EdgeAnswer } from "../viewer-request";
import type { History } from "../history";
import { Violation } from "../model";
import type { ProviderSession, Subject } from "../services/identity-provider";
import { Browser } from "./browser";

const ATTEMPTS = 12;
const PAGE = "/wiki/page";

export interface Person extends Subject {
  uid: string;
  browser: Browser;
  /** At the provider. */
  session: ProviderSession | undefined;
  /** Visits the site until it has a page of it, or gives up. */
  visit(): Promise<boolean>;
  /** What a page's script does: asks who it is, and renews. */
  runScript(): Promise<void>;
  signOut(): Promise<void>;
}

export function createPerson(history: History, name: string, uid: string, address: string): Person {
  const { world, gateway, counts } = history;
  const { provider } = gateway;
  const random = world.random.fork();
  let edge = random.whole(0, gateway.profile.edges - 1);
  const browser = new Browser(history, address, () => edge);
  const pause = () => world.sleep(random.whole(500, 5_000));

  async function signIn(location: string): Promise<void> {
    const url = new URL(location);
    // Some have lunch before they go on.
    await world.sleep(random.chance(0.05) ? random.whole(60_000, 560_000) : random.whole(100, 2_000));
    if (person.session && random.chance(0.1)) {
      // The request passes through the browser: who has the provider's cookies can take out of it that it asks for a
      // password.
      for (const name of ["prompt", "max_age"]) url.searchParams.delete(name);
    }
    if (provider.asksForPassword(url, person.session)) {
      counts.add("sign-ins with a password");
      await world.sleep(random.whole(500, 20_000));
      person.session = provider.authenticate();
      world.note(`${name} authenticates at the provider`);
    }
    // The code is of this session, also if another tab authenticates again before the browser is back.
    const session = person.session!;
    const back = new URL(provider.authorize(url, person, session));
    for (let attempt = 0; attempt < 3; attempt++) {
      const answer = await browser.navigate(back.pathname + back.search, "cross-site", {
        who: name,
        provider: session,
      });
      // Asked to re-authenticate.
      if (answer?.status === 302 && answer.location!.startsWith(provider.issuer)) return signIn(answer.location!);
      if (answer && answer.status < 500) return;
      await pause();
    }
  }

  /** An innocent is asked for nothing. */
  function mustNot(what: string, answer?: EdgeAnswer): void {
    const session = browser.session();
    if (session && history.mustLive(session))
      throw new Violation(
        "no innocent is signed out",
        `${name} ${what}${answer ? ` (${answer.status} ${answer.outcome} ${answer.detail})` : ""}; session ${session.sid}`,
      );
  }

  const person: Person = {
    sub: name,
    email: `${name}@example.com`,
    uid,
    browser,
    session: undefined,
    async visit() {
      if (random.chance(0.1)) edge = random.whole(0, gateway.profile.edges - 1);
      let hadFaults = gateway.hasFaults;
      for (let attempt = 0; ; attempt++) {
        // Attempts that faults may have spoiled prove nothing: without faults it has all of them again.
        if (hadFaults && !gateway.hasFaults) [hadFaults, attempt] = [false, 0];
        if (attempt === ATTEMPTS) break;
        const decision = await browser.ask(PAGE);
        if (decision.log.startsWith("allow session")) {
          history.passed(browser.token()!, edge);
          return true;
        }
        if (decision.status !== 302) {
          await pause();
          continue;
        }
        const before = browser.session();
        world.note(`${name} is told ${decision.log}`);
        const answer = await browser.navigate(decision.location!, "none");
        if (!answer || answer.status >= 500) await pause();
        else if (answer.status === 302 && answer.location!.startsWith(provider.issuer)) {
          // The cookies may be gone by now: the session that they were of counts.
          if (before && history.mustLive(before))
            throw new Violation(
              "no innocent is signed out",
              `${name} is sent to the provider (${answer.outcome} ${answer.detail}); session ${before.sid}`,
            );
          await signIn(answer.location!);
        } else if (answer.status !== 302) {
          mustNot("is refused", answer);
          await pause();
        }
      }
      if (!gateway.hasFaults && !history.isTroubled(person))
        throw new Violation("nothing breaks", `${name} has no page after ${ATTEMPTS} attempts`);
      return false;
    },
    async runScript() {
      const before = browser.session();
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const answer = await browser.script("GET", "/_gate/me");
        if (answer?.status === 200) return;
        if (answer?.status === 401) {
          const renewal = await browser.script("POST", "/_gate/refresh");
          if (renewal?.status === 401 && before && history.mustLive(before))
            throw new Violation(
              "no innocent is signed out",
              `${name}'s script cannot renew (${renewal.outcome} ${renewal.detail}); session ${before.sid}`,
            );
          if (renewal?.status === 401 || renewal?.status === 200) return;
        }
        await pause();
      }
    },
    async signOut() {
      const session = browser.session();
      const answer = await browser.navigate("/_gate/logout?local", "same-origin");
      if (!session || !answer) {
        if (session) session.isSignedOut = true;
        return;
      }
      session.isSignedOut = true;
      counts.add("sign-outs");
    },
  };
  return person;
}
