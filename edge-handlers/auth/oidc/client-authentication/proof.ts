import type { ClientAuth } from "oauth4webapi";

/** One request's proof that it is from this client. */
export interface Proof {
  /** Adds the proof to a request; may be called again for another request. */
  authenticate: ClientAuth;
  /**
   * Called if the provider refused the request. Resolves to true if it is worth sending again; it may have waited first,
   * or renewed the proof. Absent if a second attempt never helps.
   *
   * @throws Failure if it is known why the provider refused
   */
  isWorthRetrying?(refusal: unknown): Promise<boolean>;
}
