/** Calculates what the control plane and the ledger cost, from the calls that the shipped bundles make. */
import { ENTRY_MARGIN, KEY_ANNOUNCEMENT, PROPAGATION } from "../session/timing";
import { startBenchPlane, TOKEN_SECONDS } from "./control-plane";
import type { Figure } from "./figure";
import { POLLS, RENEWAL, SIGN_IN, TIDIES } from "../costs/operations";
import { dollars, dollarsFor, sum, type Usage } from "../costs/prices";
import { commandsOf, deliver } from "./revoker";

const DAYS = 30;
const DAY = 86_400;
/** Seconds for which sign-outs are batched: stacks/revocation-queues.ts. */
const WINDOW = 90;
/** Memory of the functions. */
const GIGABYTES = 0.25;
const SIGN_OUTS = 10_000;
const WORKDAY = 8 * 3600;
/** A message is sent, received and deleted, the latter two ten at a time. */
const queued = (messages: number): Usage => ({ queueRequests: messages + (2 * messages) / 10 });

const MILLION = 1_000_000;

export async function measureDollars(): Promise<Figure[]> {
  const plane = await startBenchPlane();
  try {
    const usageOf = async (work: () => Promise<unknown>) => {
      const { usage, seconds } = await plane.measure(work);
      return { ...usage, gigabyteSeconds: seconds * GIGABYTES };
    };
    await plane.revoke({ operation: "rebuild" });
    const expireAll = () => plane.advance(TOKEN_SECONDS + ENTRY_MARGIN + 1);

    const idleTidy = await usageOf(() => plane.revoke({ operation: "tidy" }));
    const idleSweep = await usageOf(() => plane.revoke({ operation: "sweep" }));
    const [command] = commandsOf(1);
    const revocation = await usageOf(() => plane.revoke({ operation: "revoke", command }));
    expireAll();
    const tidyAfter = await usageOf(() => plane.revoke({ operation: "tidy" }));
    const batchOf = (seconds: number) =>
      usageOf(() => deliver(plane, commandsOf(Math.round((SIGN_OUTS * WINDOW) / seconds))));
    const [evenly, busy] = [await batchOf(DAY), await batchOf(WORKDAY)];
    expireAll();
    const busyTidy = await usageOf(() => plane.revoke({ operation: "tidy" }));
    const busySweep = await usageOf(() => plane.revoke({ operation: "sweep" }));
    const waits = { gigabyteSeconds: (PROPAGATION + KEY_ANNOUNCEMENT) * GIGABYTES };
    const rotation = sum([1, await usageOf(plane.rotate)], [1, waits]);
    const lockdown = await usageOf(() => plane.revoke({ operation: "lockdown", by: "operator:bench", reason: "" }));

    const idleDay = sum([TIDIES, idleTidy], [1, idleSweep], [1, { queueRequests: 2 * POLLS }]);
    /** While entries expire, every `tidy` finds some. */
    const signOutsOf = (seconds: number, batch: Usage) =>
      sum([
        DAYS,
        sum(
          [seconds / WINDOW, batch],
          [1, queued(SIGN_OUTS)],
          [Math.min(TIDIES, (seconds + 300) / 300), busyTidy],
          [1, busySweep],
        ),
      ]);
    const months: [string, Usage, number?][] = [
      ["idle", sum([DAYS, idleDay]), 1],
      [`${SIGN_OUTS.toLocaleString("en")} sign-outs a day, evenly`, signOutsOf(DAY, evenly), 50],
      [`${SIGN_OUTS.toLocaleString("en")} sign-outs a day, in 8 hours`, signOutsOf(WORKDAY, busy), 50],
    ];
    const each: [string, Usage][] = [
      ["a revocation by an operator, and the tidy after it", sum([1, revocation], [1, tidyAfter])],
      ["a batched sign-out, spread evenly over a day", sum([1 / ((SIGN_OUTS * WINDOW) / DAY), evenly], [1, queued(1)])],
      ["a rotation", rotation],
      ["a lockdown", lockdown],
    ];
    return [
      ...each.map(([name, usage]) => ({
        group: "dollars per thousand",
        name,
        value: 1000 * dollars(usage),
        unit: "$",
      })),
      ...[["a million sign-ins", SIGN_IN] as const, ["a million renewals", RENEWAL] as const].map(
        ([name, operation]) => ({
          group: "dollars of the ledger",
          name,
          value: MILLION * dollars({ readUnits: operation.readUnits, writeUnits: operation.writeUnits }),
          unit: "$",
        }),
      ),
      ...months.flatMap(([name, usage, limit]): Figure[] => [
        {
          group: "dollars a month",
          name: `${name}: the store's API`,
          value: dollarsFor("storeCalls", usage.storeCalls ?? 0),
          unit: "$",
          ...(limit !== undefined && { limit }),
        },
        {
          group: "dollars a month",
          name: `${name}: total`,
          value: dollars(usage) + (name === "idle" ? dollarsFor("secrets", 1) : 0),
          unit: "$",
        },
      ]),
    ];
  } finally {
    await plane.close();
  }
}
