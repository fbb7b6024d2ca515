/**
 * How long a session may be leased to one request that renews it. A handler lives no longer than `HANDLER_TIME` in
 * session/timing.ts.
 */

/**
 * Milliseconds that a request watches another one's lease, and that the next one watches it for: together longer than
 * its holder can live.
 */
export const WATCH = 3_000;
export const WATCH_ON = 2_100;
/** Milliseconds between two looks. */
export const PAUSE = 250;
