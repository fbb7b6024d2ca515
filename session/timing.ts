/**
 * The protocol's times, all in seconds, and what they must be to one another (__tests__/session/timing.unit.test.ts
 * holds the inequalities). Clocks are believed to be right within {@link CLOCK_SKEW}; where that is not enough an order
 * is kept by marks, which no clock makes wrong.
 */

/** By which any clock of the gateway (an edge, a handler, the control plane) may be off. */
export const CLOCK_SKEW = 120;

/**
 * From the arrival of a request at the auth handler to its answer; Lambda@Edge ends it after 5 s on a viewer request.
 */
export const HANDLER_TIME = 5;

/** One read of the ledger by the auth handler takes no longer: it is given up after 2 s. */
export const LEDGER_READ = 2;

/**
 * Between the record of a revocation in the ledger and a shard's new floor that stands in its place: a handler whose
 * one read saw the new floor began that read after the revocation was there.
 */
export const BEFORE_FLOOR = 3;

/**
 * A user's cut-off also ends sessions that say they began up to so much later, unless they were begun by somebody who
 * knew of it: their time is the handler's, the cut-off's is another clock's.
 */
export const CUTOFF_REACH = 300;

/**
 * For which an entry stays in the gate's store beyond a token's lifetime: until no token that was signed before the
 * entry can pass, whatever the clocks of the handler that signed it, of the revoker and of the edge.
 */
export const ENTRY_MARGIN = 600;

/** After a renewal in which a request may still come with the cookies from before it. */
export const RENEWAL_GRACE = 300;

/** For which the auth handler uses the session keys without asking for newer ones. */
export const KEY_CACHE = 60;

/**
 * From the announcement of a new key to its first signature: {@link KEY_CACHE}, a slow answer, clocks that run
 * unevenly.
 */
export const KEY_ANNOUNCEMENT = 90;

/** Until every edge has what was written to the store. AWS says "seconds" and gives no bound. */
export const PROPAGATION = 60;

/**
 * From the end of a session at its provider, within which no sign-in with a code from before it may open a session
 * here.
 */
export const IDP_SESSION_ENDED = 86_400;
