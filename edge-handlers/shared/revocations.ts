/** A user's revocations in the ledger. They are for tokens of other issuers, which the store's records do not cover. */
import type { Revocation } from "../../ledger/records";
import { cachedAnswers } from "./cached-answers";

/** @throws Failure if the ledger cannot be read, so that nobody passes */
export type ReadRevocations = (uid: string) => Promise<readonly Revocation[]>;

/** Seconds. A revocation takes about as long to reach the edges, and a busy client costs only one read in this time. */
const CACHED = 10;

/**
 * Remembers an answer for {@link CACHED} seconds. After that the old one is not used, even if the ledger cannot be read.
 *
 * @param now Unix seconds
 */
export function cachedRevocations(read: ReadRevocations, now: () => number): ReadRevocations {
  return cachedAnswers(read, CACHED, now);
}
