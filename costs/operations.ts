/**
 * The resources of each operation, as measured on the shipped bundles: __tests__/costs/operations.edge.test.ts measures
 * all of it again. Run times are assumptions, because emulators answer faster than AWS.
 */
import type { Usage } from "./prices";

/**
 * Bytes of the identity provider's refresh tokens. The ledger keeps the latest cookies of a session for requests that
 * cross a renewal, so renewals and sign-outs write more units the longer these tokens are.
 */
export const REFRESH_TOKEN = 1_000;
/** By the auth handler. Sign-in and sign-out run it twice: before and after the identity provider. */
export const SIGN_IN = { edgeInvocations: 2, readUnits: 5, writeUnits: 4 } satisfies Usage;
export const RENEWAL = { edgeInvocations: 1, readUnits: 5, writeUnits: 6 } satisfies Usage;
export const SIGN_OUT = { edgeInvocations: 2, writeUnits: 3, queueRequests: 1 } satisfies Usage;

/** Operations of the control plane. These `tidy` and `sweep` runs find nothing to do. */
export const TIDY = { invocations: 1, readUnits: 2, secretCalls: 1 } satisfies Usage;
export const SWEEP = { invocations: 1, readUnits: 4_098, secretCalls: 2, storeCalls: 2 } satisfies Usage;
export const ROTATION = { invocations: 4, readUnits: 3, writeUnits: 1, secretCalls: 25, storeCalls: 2 } satisfies Usage;
/** A batch with one sign-out, what each further one adds, and the tidy after it. */
export const BATCH = { invocations: 1, readUnits: 7, writeUnits: 3, secretCalls: 1, storeCalls: 1 } satisfies Usage;
export const FURTHER_SIGN_OUT = { readUnits: 5, writeUnits: 2 } satisfies Usage;
export const TIDY_AFTER = {
  invocations: 1,
  readUnits: 4,
  writeUnits: 1,
  secretCalls: 1,
  storeCalls: 1,
} satisfies Usage;

/**
 * A run of the archiver. It marks an hour twice, lists the existing objects, and writes the events of a busy hour
 * (three replicas, the gate, three functions of the control plane).
 */
export const ARCHIVE = { invocations: 1, archiveRequests: 13 } satisfies Usage;
/** A day. */
export const ARCHIVES = 24;

/** Sign-outs in a batch for each call of the store. */
export const SIGN_OUTS_PER_STORE_CALL = 40;

/** A day, one every five minutes: stacks/revoker.ts. */
export const TIDIES = 288;

/**
 * Polls of a queue a day: Lambda has five long polls of 20 s open.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export const POLLS = (5 * 86_400) / 20;

/** Assumed run times in seconds. The identity provider's answers take most of a sign-in or a renewal. */
export const RUN_TIMES = {
  signIn: 0.6,
  renewal: 0.3,
  signOut: 0.2,
  tidy: 0.5,
  sweep: 30,
  batch: 2,
  rotation: 180,
  archive: 5,
  site: 0.01,
};

/** Assumed share of the requests to a bucket that the cache cannot answer. These run the site handler. */
export const CACHE_MISSES = 0.1;
