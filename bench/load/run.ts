/** Sends traffic to an edge, and checks every answer while sessions are revoked and keys rotate. */
import { createHistogram } from "node:perf_hooks";
import { differences } from "./check";
import type { LoadEdge } from "./edge";
import { expectedAnswer } from "./expected";
import { makePeople, renew, type Person } from "./people";
import { createSender } from "./send";
import { traffic, type Ask } from "./traffic";

export interface Load {
  edge: LoadEdge;
  /** The seed, which determines the requests and their order. */
  seed: number;
  /** The arrival of requests: a rate per second, independent of answers; or a number at a time. */
  arrival: { perSecond: number; seconds: number } | { atATime: number; requests: number };
  /** How many sessions there are. */
  people?: number;
  /** How many of them are revoked one by one, before a key rotation. */
  revocations?: number;
}

export interface Loaded {
  requests: number;
  /** From the first request to the last answer. */
  seconds: number;
  /** Milliseconds from the time at which a request was due to its answer. */
  latency: { p50: number; p99: number; max: number };
  /** The first ten of {@link wrongCount}: the request, the expectation, and the difference. */
  wrong: string[];
  wrongCount: number;
  /** Requests by decision, according to the reference evaluator. */
  decisions: Record<string, number>;
  /** Requests by kind. */
  kinds: Record<string, number>;
  /** Requests of sessions that were revoked or being revoked. */
  ofRevoked: { refused: number; meanwhile: number };
}

const SHOWN = 10;
/** Milliseconds between two checks for due requests. */
const TICK = 4;

export async function applyLoad({ edge, seed, arrival, people: count = 300, revocations = 10 }: Load): Promise<Loaded> {
  const people = makePeople(count, await edge.keys());
  const world = { hosts: edge.urls.map((url) => new URL(url).host), people, issuer: edge.issuer };
  const nextAsk = traffic(world, seed);
  const sender = createSender(edge.url, edge.ca);
  const latency = createHistogram();
  const loaded: Omit<Loaded, "seconds" | "latency"> = {
    requests: 0,
    wrong: [],
    wrongCount: 0,
    decisions: {},
    kinds: {},
    ofRevoked: { refused: 0, meanwhile: 0 },
  };
  const add = (counts: Record<string, number>, name: string) => (counts[name] = (counts[name] ?? 0) + 1);

  /** @param due of {@link performance.now} */
  async function one(due: number): Promise<void> {
    const ask = nextAsk();
    const sent = performance.now();
    const answer = await sender.send(ask).catch((error: unknown) => String(error));
    const end = performance.now();
    latency.record(Math.max(1, Math.round((end - due) * 1000)));
    loaded.requests += 1;
    add(loaded.kinds, ask.kind);
    const states = statesOf(ask.person, sent, end);
    const expected = states.map((isRevoked) => expectedAnswer(edge.policy, ask, isRevoked));
    add(loaded.decisions, expected[0]!.decision);
    if (ask.session && states.includes(true)) loaded.ofRevoked[states.length > 1 ? "meanwhile" : "refused"] += 1;
    const problems =
      typeof answer === "string" ? [[answer]] : expected.map((wanted) => differences(ask, wanted, answer));
    if (problems.some((found) => found.length === 0)) return;
    loaded.wrongCount += 1;
    if (loaded.wrong.length < SHOWN)
      loaded.wrong.push(`${described(ask)}: expected ${expected[0]!.decision}; ${problems[0]!.join("; ")}`);
  }

  /** Everything that changes while requests arrive. @param pause between two changes */
  async function change(pause: () => Promise<void>): Promise<void> {
    for (let i = 0; i < revocations; i++) {
      await pause();
      // Every second one ends only a session, by its ID.
      const person = people[(i * 7) % people.length]!;
      const { uid, sid } = person.session;
      const revoked = { from: performance.now(), until: Infinity };
      person.revoked = revoked;
      await edge.revoke(i % 2 === 0 ? { type: "user", uid } : { type: "session", sid, uid });
      revoked.until = performance.now();
    }
    if (revocations === 0) return;
    await pause();
    await edge.rotate();
    // Half of them have renewed their tokens; the tokens of the others are still valid.
    renew(
      people.filter((_, i) => i % 2 === 0),
      await edge.keys(),
    );
  }

  const begin = performance.now();
  if ("perSecond" in arrival) {
    const { perSecond, seconds } = arrival;
    const changes = change(() => wait((seconds * 1000 * 0.8) / (revocations + 1)));
    await Promise.all([changes, arrive(perSecond, seconds, one)]);
  } else {
    const { atATime, requests } = arrival;
    const reached = (share: number) => until(() => loaded.requests >= requests * share);
    let step = 0;
    const changes = change(() => reached((0.8 * ++step) / (revocations + 1)));
    let left = requests;
    const worker = async () => {
      while (left-- > 0) await one(performance.now());
    };
    await Promise.all([changes, ...Array.from({ length: atATime }, worker)]);
  }
  const seconds = (performance.now() - begin) / 1000;
  sender.close();
  const milliseconds = (percentile: number) => latency.percentile(percentile) / 1000;
  return {
    ...loaded,
    seconds,
    latency: { p50: milliseconds(50), p99: milliseconds(99), max: latency.max / 1000 },
  };
}

/** The possible values: during a revocation, both are right, because the edge decided at some time in between. */
function statesOf(person: Person | undefined, sent: number, end: number): boolean[] {
  const { revoked } = person ?? {};
  if (!revoked || end < revoked.from) return [false];
  return sent > revoked.until ? [true] : [false, true];
}

/** Starts requests when they are due, independent of the number of pending requests. */
async function arrive(perSecond: number, seconds: number, one: (due: number) => Promise<void>): Promise<void> {
  const begin = performance.now();
  const total = perSecond * seconds;
  const requests: Promise<void>[] = [];
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(total, ((performance.now() - begin) * perSecond) / 1000);
      while (requests.length < due) requests.push(one(begin + (requests.length * 1000) / perSecond));
      if (requests.length < total) return;
      clearInterval(timer);
      resolve();
    }, TICK);
  });
  await Promise.all(requests);
}

function described({ kind, method, host, path, headers }: Ask): string {
  const shown = headers.map(([name, value]) => `${name}: ${value.slice(0, 120)}`).join(", ");
  return `${kind}: ${method} ${host}${path} (${shown})`;
}

const wait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await wait(TICK);
}
