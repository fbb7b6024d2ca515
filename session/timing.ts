/**
 * The protocol's times, all in seconds, and how they depend on each other (__tests__/session/timing.unit.test.ts checks
 * the inequalities). Clocks are assumed to be right within {@link CLOCK_SKEW}. If that is not precise enough, marks
 * define the order, independently of clocks.
 */

/** How far any clock of the gateway (an edge, a handler, the control plane) may be off. */
export const CLOCK_SKEW = 120;

/** Maximum time that the auth handler runs for a request. Lambda@Edge stops it after 5 s on a viewer request. */
export const HANDLER_TIME = 5;

/** Maximum time of one ledger read by the auth handler, which gives up after it. */
export const LEDGER_READ = 2;

/**
 * Time between recording a revocation in the ledger and raising the shard's floor that replaces it. A handler whose
 * read saw the new floor must have started that read after the revocation was recorded.
 */
export const BEFORE_FLOOR = 3;

/**
 * A user's cut-off also ends sessions that, by their own time, began up to this much later, because the two times come
 * from different clocks. Sessions whose sign-in found the revocation are exempt.
 */
export const CUTOFF_REACH = 300;

/**
 * How long an entry stays in the gate's store beyond a token's lifetime. After that, no token signed before the entry
 * can pass, even with the clocks of handler, revoker and edge apart.
 */
export const ENTRY_MARGIN = 600;

/** Time after a renewal during which a request may still arrive with the previous cookies. */
export const RENEWAL_GRACE = 300;

/** How long the auth handler uses the session keys without fetching newer ones. */
export const KEY_CACHE = 60;

/**
 * From the announcement of a new key to its first signature: {@link KEY_CACHE}, plus a slow answer and uneven clocks.
 */
export const KEY_ANNOUNCEMENT = 90;

/** Assumed time until a write to the store has reached every edge. AWS says "seconds" and gives no bound. */
export const PROPAGATION = 60;

/**
 * How long a handler signs assertions with the key that it read. This is less than {@link PROPAGATION}, the time that a
 * rotation waits between announcing the next key and withdrawing the old one.
 */
export const ASSERTION_KEY_CACHE = 30;

/** How long the end of a provider's session is remembered, so that no sign-in in progress opens a session from it. */
export const IDP_SESSION_ENDED = 86_400;
