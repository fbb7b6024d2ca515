/**
 * What the times of the protocol must be to one another. In the derivations every clock is within CLOCK_SKEW of the
 * true time, so two clocks differ by up to twice that.
 */
import {
  ASSERTION_KEY_CACHE,
  BEFORE_FLOOR,
  CLOCK_SKEW,
  CUTOFF_REACH,
  ENTRY_MARGIN,
  HANDLER_TIME,
  IDP_SESSION_ENDED,
  KEY_ANNOUNCEMENT,
  KEY_CACHE,
  LEDGER_READ,
  PROPAGATION,
  RENEWAL_GRACE,
} from "../../session/timing";

const TWO_CLOCKS = 2 * CLOCK_SKEW;

test("times are whole seconds", () => {
  const times = [
    CLOCK_SKEW,
    HANDLER_TIME,
    LEDGER_READ,
    BEFORE_FLOOR,
    CUTOFF_REACH,
    ENTRY_MARGIN,
    RENEWAL_GRACE,
    KEY_CACHE,
    KEY_ANNOUNCEMENT,
    PROPAGATION,
    IDP_SESSION_ENDED,
    ASSERTION_KEY_CACHE,
  ];
  expect(times.filter((time) => !Number.isInteger(time) || time <= 0)).toEqual([]);
});

/*
 * A handler reads the ledger just before a revocation is recorded at T, and signs by T + HANDLER_TIME. Its clock runs
 * ahead: the token says that it ends at T + HANDLER_TIME + CLOCK_SKEW + lifetime. The edge's clock runs behind: there
 * it ends CLOCK_SKEW later still. The revoker's clock that wrote T was behind by CLOCK_SKEW, the one that removes the
 * entry is ahead by CLOCK_SKEW: both shorten the entry's life. So the margin is four times the skew and the handler's
 * time; the rest is for the revoker, between its look at the clock and the record in the ledger.
 */
test("an entry outlasts every token that was signed before it", () => {
  const needed = HANDLER_TIME + CLOCK_SKEW + CLOCK_SKEW + CLOCK_SKEW + CLOCK_SKEW;
  expect(ENTRY_MARGIN - needed).toBeGreaterThanOrEqual(60);
});

/*
 * Asked for at T, by a clock that is behind: the cut-off says T - CLOCK_SKEW. A sign-in that was under way at T ends by
 * T + HANDLER_TIME, by a clock that is ahead: it says that it began at T + HANDLER_TIME + CLOCK_SKEW. It is meant.
 */
test("a cut-off reaches the sign-ins that were under way when it was asked for", () => {
  expect(CUTOFF_REACH).toBeGreaterThanOrEqual(TWO_CLOCKS + HANDLER_TIME);
});

/*
 * One read of several items takes up to LEDGER_READ and is no snapshot: it may see the floor last and the revocation's
 * item first. The revocation was recorded BEFORE_FLOOR before the floor; in whole seconds that may be a second less.
 * The wait is one function's own, by one clock.
 */
test("who sees a floor has seen every revocation that it stands for", () => {
  expect(BEFORE_FLOOR - 1).toBeGreaterThanOrEqual(LEDGER_READ);
});

test("a read of the ledger leaves the handler time to answer", () => {
  expect(LEDGER_READ).toBeLessThan(HANDLER_TIME);
});

/*
 * A tab's request with the cookies from before a renewal comes up to a minute after the answer. `renewedAt` is one
 * handler's clock, the comparison another's.
 */
test("a tab is not taken for a thief because of clocks", () => {
  expect(RENEWAL_GRACE).toBeGreaterThanOrEqual(60 + TWO_CLOCKS);
});

/*
 * A handler asked for the keys just before a new one was announced, got the answer HANDLER_TIME later and uses it for
 * KEY_CACHE. Both are durations by one clock; the rest is for clocks that run unevenly.
 */
test("every handler knows a key before it signs", () => {
  expect(KEY_ANNOUNCEMENT).toBeGreaterThan(KEY_CACHE + HANDLER_TIME);
  expect(KEY_ANNOUNCEMENT - KEY_CACHE - HANDLER_TIME).toBeGreaterThanOrEqual(10);
});

/**
 * A code was given out before the end; its holder has ten minutes for the flow, by two clocks, and a slow answer.
 */
test("the end of a provider's session is remembered for longer than a sign-in may be under way", () => {
  expect(IDP_SESSION_ENDED).toBeGreaterThan(600 + TWO_CLOCKS + HANDLER_TIME);
});

/*
 * A handler asks for the keys just before a rotation announces the next one, has the answer LEDGER_READ later, and signs
 * with the old key until ASSERTION_KEY_CACHE after that. The rotation withdraws the old key PROPAGATION after the
 * announcement.
 */
test("no handler signs an assertion with a key that was withdrawn", () => {
  expect(PROPAGATION - (LEDGER_READ + ASSERTION_KEY_CACHE)).toBeGreaterThanOrEqual(20);
});
