/** What a lease depends on is longer than what it must outlast. */
import { LEASE_REACH } from "../../../ledger/sessions";
import { PAUSE, WATCH, WATCH_ON } from "../../../edge-handlers/auth/session/lease-times";
import { CLOCK_SKEW, HANDLER_TIME } from "../../../session/timing";

test("two requests together watch a lease for longer than its holder can live", () => {
  expect(WATCH + WATCH_ON).toBeGreaterThan(HANDLER_TIME * 1000);
});

test("each of them has time left to answer", () => {
  for (const watch of [WATCH, WATCH_ON]) expect(watch + PAUSE).toBeLessThan(HANDLER_TIME * 1000 - 1000);
});

test("no lease is taken for one of long ago because two clocks differ", () => {
  expect(LEASE_REACH).toBeGreaterThanOrEqual(2 * CLOCK_SKEW + HANDLER_TIME);
});
