/**
 * What is to be expected of one history: which faults there are, how often, and who is about. Drawn from the seed, so
 * that histories differ.
 */
import type { Mishap } from "./kernel/network";
import type { Random } from "./kernel/random";
import type { ReuseAction } from "../../session/security-event";

export interface Profile {
  /** Milliseconds by which any clock is off, at most. */
  skew: number;
  /** The probability that a call fails. */
  faultRate: number;
  mishaps: Mishap[];
  /** The probability that an answer to a browser is lost. */
  lostAnswers: number;
  /** The probability that the gate's read of the store fails. */
  failingReads: number;
  /** Milliseconds until an edge has what was written, at most. */
  propagation: number;
  /** Milliseconds over which a batch of the ledger is spread, at most. */
  spread: number;
  partialBatches: number;
  /** The probability that a delivery is repeated. */
  repeatedDeliveries: number;
  pageSize: number;
  /** Seconds from `expiresAt` to the end of an item of the ledger. */
  timeToLive: "early" | "late";
  rotatesRefreshTokens: boolean;
  onReuse: ReuseAction;
  session: { absolute: number; idle: number; token: number };
  people: number;
  edges: number;
  handlersAtEdge: number;
  /** Milliseconds until the faults end. */
  duration: number;
  thieves: boolean;
  /** Revocations of strangers in one shard; 0 for none. */
  flood: number;
  /** The history begins with the first rotation of a new secret. */
  isNew: boolean;
  /** The daily sweep comes before the end. */
  endsWithSweep: boolean;
  /** How often each operation is asked for, against the others. */
  operations: Record<Operation, number>;
  /** Milliseconds between two of them, at most. */
  operationPause: number;
}

export const OPERATIONS = [
  "revoke-user",
  "revoke-session",
  "publish",
  "sign-out-at-provider",
  "lockdown",
  "rotate",
  "repeat-step",
  "tidy",
  "sweep",
  "rebuild",
  "recycle",
] as const;
export type Operation = (typeof OPERATIONS)[number];

const MISHAPS: Mishap[] = ["throttle", "error", "lost", "dropped", "late", "crash-before", "crash-after"];
const HOUR = 3600;

export function drawProfile(random: Random): Profile {
  const some = (probability: number) => random.chance(probability);
  const skew = some(0.75) ? 2 * 60_000 : 0;
  // A token must live longer than the grace after a renewal, whatever two clocks say.
  const token = skew > 0 ? 900 : random.pick([300, 900]);
  const faultRate = random.pick([0, 0.005, 0.02, 0.06]);
  const weight = (usual: number) => (some(0.5) ? usual * random.pick([0.5, 1, 3]) : 0);
  return {
    skew,
    faultRate,
    mishaps: MISHAPS.filter(() => some(0.7)),
    lostAnswers: faultRate === 0 ? 0 : random.pick([0, 0.03, 0.15]),
    failingReads: faultRate === 0 ? 0 : random.pick([0, 0.02]),
    propagation: random.pick([2_000, 60_000, 60_000]),
    spread: random.pick([0, 40, 40, 1_500]),
    partialBatches: faultRate === 0 ? 0 : random.pick([0, 0.02]),
    repeatedDeliveries: random.pick([0, 0.05, 0.3]),
    pageSize: random.pick([1_000, 7]),
    timeToLive: some(0.5) ? "early" : "late",
    rotatesRefreshTokens: some(0.5),
    onReuse: random.pick(["revoke-session", "revoke-session", "revoke-user"]),
    session: { absolute: random.pick([2 * HOUR, 8 * HOUR]), idle: HOUR, token },
    people: random.whole(2, 4),
    edges: 2,
    handlersAtEdge: 2,
    duration: (token === 300 ? random.whole(15, 40) : random.whole(25, 70)) * 60_000,
    thieves: some(0.4),
    flood: some(0.12) ? (some(1 / 40) ? 10_000 : random.pick([60, 60, 200])) : 0,
    isNew: some(0.2),
    endsWithSweep: some(0.3),
    operations: {
      "revoke-user": weight(3),
      "revoke-session": weight(2),
      publish: weight(2),
      "sign-out-at-provider": weight(1),
      lockdown: some(0.4) ? random.pick([0.5, 2]) : 0,
      rotate: weight(2),
      "repeat-step": weight(2),
      tidy: 2,
      sweep: weight(0.2),
      rebuild: weight(0.1),
      recycle: weight(1),
    },
    operationPause: random.pick([120_000, 600_000, 1_200_000]),
  };
}
