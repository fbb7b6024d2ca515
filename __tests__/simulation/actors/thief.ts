/** Somebody who copied a browser's cookies and uses them from elsewhere, now and then, until that is over. */
import type { History } from "../history";
import { Browser } from "./browser";
import type { Person } from "./person";

export async function steal(history: History, victim: Person, address: string): Promise<void> {
  const { world, gateway, counts } = history;
  const random = world.random.fork();
  const session = victim.browser.session();
  if (!session) return;
  session.isStolen = true;
  counts.add("thefts");
  world.note(`${address} has a copy of ${victim.sub}'s cookies`);
  const browser = new Browser(
    history,
    address,
    () => random.whole(0, gateway.profile.edges - 1),
    victim.browser.jar.copy(),
  );
  for (let uses = random.whole(1, 5); uses > 0; uses--) {
    await world.sleep(random.whole(1_000, random.pick([10_000, 400_000, 1_200_000])));
    const decision = await browser.ask("/wiki/page");
    if (decision.log.startsWith("allow session")) history.passed(browser.token()!, -1);
    const use = () =>
      random.chance(0.5)
        ? browser.script("POST", "/_gate/refresh")
        : browser.navigate("/_gate/login?return_to=%2Fwiki%2Fpage", "none");
    // At the very moment at which its owner comes, too.
    if (random.chance(0.3)) await Promise.all([use(), world.sleep(random.whole(0, 100)).then(() => victim.visit())]);
    else await use();
  }
}
