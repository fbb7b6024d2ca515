/** The phases of a history: a time with faults in which everybody is busy, then quiet, in which everything ends. */
import { PROPAGATION } from "../../session/timing";
import { operate } from "./actors/operator";
import { createPerson, type Person } from "./actors/person";
import { steal } from "./actors/thief";
import { checkLedger, checkPeople, checkProvider, checkRevoked, checkStore, checkThefts, probe } from "./checks";
import { uidOf, type History } from "./history";
import { Violation } from "./model";
import { OPERATIONS, type Operation } from "./profile";

const QUIET = 20 * 60_000;
const PROBE_PAUSE = 45_000;
/** How often unfinished work is tried again at the end of a history. */
const LAST_ATTEMPTS = 6;

/** People, thieves and operators, then quiet, and what must be true then. @throws Violation */
export async function playHistory(history: History): Promise<void> {
  const { world, gateway, profile } = history;
  let isOver = false;
  let isQuiet = false;
  /** From then on time passes in leaps. */
  let isSettled = false;
  world.note(JSON.stringify(profile));
  for (let place = 0; place < profile.people; place++) {
    const name = `person${place}`;
    history.people.push(createPerson(history, name, uidOf(gateway.provider.issuer, name), `192.0.2.${place + 1}`));
  }

  const pause = (most: number) => world.sleep(world.random.whole(1_000, most));
  const livePerson = async (person: Person) => {
    await pause(60_000);
    while (!isQuiet) {
      if (world.random.chance(0.03)) await person.signOut();
      else if (world.random.chance(0.15)) await Promise.all([person.visit(), person.visit()]);
      else if (world.random.chance(0.2)) await person.runScript();
      else await person.visit();
      if (world.random.chance(0.2)) history.keep(person.browser.jar);
      await pause(profile.session.token * 1000);
    }
  };
  const liveOperators = async () => {
    const total = Object.values(profile.operations).reduce((sum, weight) => sum + weight, 0);
    while (!isQuiet) {
      await pause(profile.operationPause);
      if (isQuiet) return;
      let at = world.random.fraction() * total;
      const operation = OPERATIONS.find((name) => (at -= profile.operations[name]) < 0) as Operation;
      // Two at once, now and then.
      const work = operate(history, operation, world.random.pick(history.people));
      if (world.random.chance(0.7)) await work;
      else world.start(async () => void (await work));
    }
  };
  const liveThief = async () => {
    await pause(profile.duration / 2);
    await steal(history, world.random.pick(history.people), "203.0.113.66");
  };
  const flood = async () => {
    await pause(profile.duration);
    history.counts.add("floods");
    sendFlood(history, world.random.pick(history.people), profile.flood);
  };
  const watch = async () => {
    while (!isSettled) {
      await world.sleep(PROBE_PAUSE);
      await probe(history);
    }
  };

  world.start(async () => {
    if (profile.isNew) await insist(history, () => gateway.rotate());
    else gateway.prepare();
    gateway.hasFaults = profile.faultRate > 0 || profile.lostAnswers > 0 || profile.repeatedDeliveries > 0;
    const lives = history.people.map((person) => livePerson(person));
    const rest = [liveOperators(), ...(profile.thieves ? [liveThief()] : []), ...(profile.flood > 0 ? [flood()] : [])];
    world.start(watch);
    for (const life of [...lives, ...rest]) world.start(() => life);
    await world.sleep(profile.duration);
    isQuiet = true;
    gateway.hasFaults = false;
    world.note("quiet");
    await Promise.all([...lives, ...rest]);
    await settle(history);
    isSettled = true;
    await checkEnd(history);
    isOver = true;
  });
  await world.runUntil(() => isOver);
  gateway.release();
}

function sendFlood(history: History, person: Person, count: number): void {
  const { random } = history.world;
  const { queues } = history.gateway;
  for (let i = 0; i < count; i++) {
    const uid = random.bytes(12).toString("base64url").slice(0, 14) + person.uid.slice(-2);
    const target = random.chance(0.5)
      ? { type: "user", uid }
      : { type: "session", uid, sid: random.bytes(12).toString("base64url") };
    queues.send(queues.queue("example-revocations"), JSON.stringify({ version: 1, target, by: "flood", reason: "" }));
  }
}

/** Without faults, what is tried again comes to its end. */
async function insist(history: History, work: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < LAST_ATTEMPTS; attempt++) {
    if (await work()) return;
    await history.world.sleep(30_000);
  }
  throw new Violation(
    "convergence after quiet",
    "what was begun does not come to its end although nothing fails any more",
  );
}

/** After the last fault: everything that was begun ends, and the schedules run. */
async function settle(history: History): Promise<void> {
  const { world, gateway } = history;
  const deadline = world.now() + 6 * QUIET;
  gateway.redrive();
  while (!gateway.isIdle()) {
    if (world.now() > deadline) throw new Violation("convergence after quiet", "there are messages left on the queues");
    await world.sleep(5_000);
    gateway.redrive();
  }
  // Who began a lockdown and never heard that it was done begins it again.
  if (history.model.revocations.some(({ kind, doneAt }) => kind === "gateway" && doneAt === undefined))
    await insist(history, () => operate(history, "lockdown", history.people[0]!));
  await insist(history, () => gateway.rotate());
  await insist(history, async () => "result" in (await gateway.operate({ operation: "tidy" })));
  if (history.profile.endsWithSweep)
    await insist(history, async () => "result" in (await gateway.operate({ operation: "sweep" })));
  await world.sleep(PROPAGATION * 1000 + 1_000);
  await probe(history);
}

async function checkEnd(history: History): Promise<void> {
  await checkStore(history);
  checkLedger(history);
  checkThefts(history);
  checkProvider(history);
  await checkPeople(history);
  await checkRevoked(history);
  const buried = [...history.gateway.deadLetters.messages.values()];
  if (buried.length > 0) throw new Violation("nothing accepted is lost", `buried: ${buried[0]!.body}`);
}
