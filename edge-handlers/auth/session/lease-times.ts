/**
 * How long one request may hold the lease of a session. A handler runs for at most `HANDLER_TIME` (session/timing.ts).
 */

/**
 * Milliseconds for which one request watches another's lease, and for which the next one continues. Together longer
 * than the holder can run.
 */
export const WATCH = 3_000;
export const WATCH_ON = 2_100;
/** Milliseconds between two reads. */
export const PAUSE = 250;
