/** Estimates a gateway's monthly bill from its config, its stack and a traffic profile. */
import { archiveOf } from "../config/audit";
import { isAttached } from "../config/distribution";
import { targetsOf } from "../config/origins/origin";
import { usesOriginSecret } from "../config/origins/protection";
import type { Config } from "../config/schema";
import { usageByMonth, type Deployed } from "./deployed";
import * as operations from "./operations";
import { dollarsFor, entries, PRICES, sum, type Meter, type Price, type Region, type Usage } from "./prices";

const DAYS = 30;
const DAY = 86_400;
const MINUTES = 1_440;

/** A month of traffic. */
export interface Profile {
  /** Users who sign in at least once a month. */
  users: number;
  /** Requests to the site, without those of sign-ins and renewals. */
  requests: number;
  /** GB to viewers. */
  gigabytes: number;
  /** A day. */
  signIns: number;
  /** A day, for each sign-in. */
  renewals: number;
  /** A day. */
  signOuts: number;
  region: Region;
}

export interface Line {
  meter: Meter;
  service: string;
  what: string;
  quantity: number;
  dollars: number;
  /** Dollars that the free tier deducts, if nothing else in the account uses it. */
  free: number;
}

/** Bytes of a request's line in the access log, and of the handler's lines about one of its runs. */
const ACCESS_LINE = 650;
const HANDLER_LINES = 400;
/** Logs are kept compressed, at about a seventh of their size. */
const COMPRESSION = 0.15;
/** Bytes of a store call in the log of its trail. The copy in the bucket is too small to count. */
const TRAIL_EVENT = 2_000;
const GIGABYTE = 1e9;
/** Edge regions that keep a warm handler at any time. Each reads settings and secrets again every minute. */
const WARM_HANDLERS = 3;
/** Standard parameters are free up to this many bytes. */
const STANDARD_PARAMETER = 4_096;
/** Web ACL capacity units in the price of requests, and of each step above. */
const [INCLUDED_CAPACITY, CAPACITY_STEP] = [1_500, 500];

/**
 * @param settingsBytes size of the handler's settings parameter
 * @returns the lines that cost something, in the order of the price list
 */
export function estimate(config: Config, deployed: Deployed, settingsBytes: number, profile: Profile): Line[] {
  const controlPlane = controlPlaneDay(deployed, config.session.keyRotationDays, profile.signOuts);
  const usage = sum(
    [1, fixed(config, deployed, profile.users)],
    [DAYS, controlPlane],
    [DAYS * deployed.trails, recorded(config, controlPlane.storeCalls ?? 0)],
    [DAYS * deployed.archives, archiveDay(config, deployed, profile)],
    [DAYS, handlerDay(config, deployed, settingsBytes, profile)],
    [1, traffic(config, deployed, profile)],
  );
  const order = Object.keys(PRICES);
  return entries(usage)
    .filter(([, quantity]) => quantity > 0)
    .sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
    .map(([meter, quantity]) => {
      const { service, what, free = 0 }: Price = PRICES[meter];
      const priced = (amount: number) => dollarsFor(meter, amount, profile.region);
      return {
        meter,
        service,
        what,
        quantity,
        dollars: priced(quantity),
        free: priced(Math.min(quantity, free)),
      };
    });
}

/** Monthly charges, independent of traffic. */
function fixed(config: Config, deployed: Deployed, users: number): Usage {
  const { bots, takeover } = paidRuleGroups(config);
  const pools = Object.values(config.identityProviders).flatMap(({ pool }) => (pool ? [pool.threatProtection] : []));
  return {
    poolUsers: pools.includes("off") ? users : 0,
    plusPoolUsers: pools.some((protection) => protection !== "off") ? users : 0,
    ...usageByMonth(deployed),
    paidRuleGroups: (bots ? 1 : 0) + (takeover ? 1 : 0),
    keys: new Set([...(config.kmsKeyArn === undefined ? [] : [config.kmsKeyArn]), ...clientKeys(config)]).size,
    hostedZones: new Set([config.hostedZoneId ?? [], ...Object.values(config.hostedZones)].flat()).size,
  };
}

/** Schedules, polls and rotations, and the revocations of sign-outs that are spread evenly over the day. */
function controlPlaneDay(deployed: Deployed, keyRotationDays: number, signOuts: number): Usage {
  const { queues, window, controlPlaneMemory } = deployed;
  const batches = Math.min(signOuts, DAY / window);
  const storeCalls = batches === 0 ? 0 : Math.ceil(signOuts / batches / operations.SIGN_OUTS_PER_STORE_CALL);
  const tidiesAfter = Math.min(batches, operations.TIDIES);
  const rotations = 1 / keyRotationDays;
  const { tidy, sweep, batch, rotation } = operations.RUN_TIMES;
  return sum(
    [operations.TIDIES - tidiesAfter, operations.TIDY],
    [tidiesAfter, operations.TIDY_AFTER],
    [1, operations.SWEEP],
    [rotations, operations.ROTATION],
    [batches, { ...operations.BATCH, storeCalls }],
    [signOuts - batches, operations.FURTHER_SIGN_OUT],
    [
      controlPlaneMemory,
      { gigabyteSeconds: operations.TIDIES * tidy + sweep + batches * batch + rotations * rotation },
    ],
    // Each message is received and deleted, ten at a time.
    [1, { queueRequests: queues * operations.POLLS + (2 * signOuts) / 10 }],
  );
}

/** Copies of the handler's lines, compressed, for as long as the bucket keeps them. Another bucket has its own lifecycle. */
function archiveDay(config: Config, { controlPlaneMemory }: Deployed, profile: Profile): Usage {
  const { signIns, renewals, signOuts } = profile;
  const bytes = (2 * signIns + signIns * renewals + 2 * signOuts) * HANDLER_LINES;
  const archive = archiveOf(config);
  const days = archive?.bucketArn === undefined ? (archive?.retentionDays ?? 0) : DAYS;
  return sum(
    [operations.ARCHIVES, operations.ARCHIVE],
    [
      1,
      {
        gigabyteSeconds: operations.ARCHIVES * operations.RUN_TIMES.archive * controlPlaneMemory,
        archivedGigabytes: ((bytes * days) / DAYS / GIGABYTE) * COMPRESSION,
      },
    ],
  );
}

function handlerDay(config: Config, deployed: Deployed, settingsBytes: number, profile: Profile): Usage {
  const { signIns, renewals, signOuts } = profile;
  const { signIn, renewal, signOut } = operations.RUN_TIMES;
  const seconds = signIns * (signIn + renewals * renewal) + signOuts * signOut;
  const used = sum(
    [signIns, operations.SIGN_IN],
    [signIns * renewals, operations.RENEWAL],
    [signOuts, operations.SIGN_OUT],
    [deployed.edgeMemory, { edgeGigabyteSeconds: seconds }],
  );
  const runs = used.edgeInvocations ?? 0;
  const loads = Math.min(runs, WARM_HANDLERS * MINUTES);
  const isAdvanced = settingsBytes > STANDARD_PARAMETER;
  // The handler reads neither the origin secret nor the keys of assertions.
  const ofServers = [usesOriginSecret(config), config.assertion].filter(Boolean).length;
  const secretCalls = loads * (deployed.secrets - ofServers);
  return sum(
    [1, used],
    [
      1,
      {
        secretCalls,
        // With your own key, each read of a secret calls KMS to decrypt it.
        keyRequests: config.kmsKeyArn === undefined ? 0 : secretCalls,
        keySignatures: clientKeys(config).length > 0 ? signIns + signIns * renewals : 0,
        advancedParameters: isAdvanced ? 1 / DAYS : 0,
        advancedParameterCalls: isAdvanced ? loads : 0,
        ...logs(config, runs * HANDLER_LINES),
      },
    ],
  );
}

/** All requests pass the web ACL; those to the gateway's own endpoints reach the handler instead of the gate. */
function traffic(config: Config, { webAcls, capacity, edgeMemory }: Deployed, profile: Profile): Usage {
  const { requests, gigabytes, signIns, renewals, signOuts } = profile;
  const gateway = DAYS * (2 * signIns + signIns * renewals + 2 * signOuts);
  const all = requests + gateway;
  const fromBucket = requests * shareFromBucket(config);
  const { bots } = paidRuleGroups(config);
  const steps = Math.max(0, Math.ceil((capacity - INCLUDED_CAPACITY) / CAPACITY_STEP));
  return {
    // An existing distribution serves the site already.
    edgeRequests: isAttached(config) ? gateway : all,
    edgeGigabytes: isAttached(config) ? 0 : gigabytes,
    functionRuns: requests,
    edgeInvocations: fromBucket,
    edgeGigabyteSeconds: fromBucket * operations.RUN_TIMES.site * edgeMemory,
    // The gate reads a key's record, and the record of the origin secret or the assertion key.
    storeReads: (1 + [usesOriginSecret(config), config.assertion].filter(Boolean).length) * requests,
    webAclRequests: webAcls * all,
    webAclCapacity: webAcls * steps * all,
    botRequests: bots === "common" ? all : 0,
    targetedBotRequests: bots === "targeted" ? all : 0,
    ...logs(config, isAttached(config) ? 0 : all * ACCESS_LINE),
  };
}

/** The share of the requests that a bucket answers instead of the cache, if the site is in buckets. */
function shareFromBucket(config: Config): number {
  if (config.origin?.type === "s3" && config.caching === "disabled") return 1;
  const isInBucket = targetsOf(config).some(({ origin }) => origin.type === "s3");
  return isInBucket ? operations.CACHE_MISSES : 0;
}

/** Only the gateway's own calls of the store are expected. */
function recorded(config: Config, storeCalls: number): Usage {
  return { trailEvents: storeCalls, ...logs(config, storeCalls * TRAIL_EVENT) };
}

/** In a month with logs of `logRetentionDays`. */
function logs({ logRetentionDays }: Config, bytes: number): Usage {
  const logGigabytes = bytes / GIGABYTE;
  return { logGigabytes, storedGigabytes: (logGigabytes * COMPRESSION * logRetentionDays) / DAYS };
}

/**
 * For account takeover prevention, only the monthly price is estimated, because the gateway does not see those
 * sign-ins.
 */
function paidRuleGroups({ waf }: Config): { bots: false | "common" | "targeted"; takeover: boolean } {
  if (waf === false || "webAclArn" in waf) return { bots: false, takeover: false };
  return { bots: waf.botControl, takeover: waf.accountTakeover !== undefined };
}

/** ARNs of the KMS keys that sign for the gateway. */
function clientKeys({ identityProviders }: Config): string[] {
  return Object.values(identityProviders).flatMap(({ clientAuthentication: method }) =>
    typeof method === "object" && method.method === "private_key_jwt" ? (method.kmsKeys ?? []) : [],
  );
}
