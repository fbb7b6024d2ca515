/** The keys of the next version of the secret. */
import { signingKeyId, type SessionKeys } from "../../session/keys";
import { recordKeyParts } from "../../session/shard";
import { newKey } from "../session-keys/new-key";
import type { Ports } from "./ports";

export interface Succession {
  /** AWSCURRENT; undefined before the first rotation. */
  current: SessionKeys | undefined;
  /** AWSPREVIOUS. */
  previous: SessionKeys | undefined;
  /** Unix seconds at which the last rotation ended. */
  lastRotated: number | undefined;
  /** Seconds for which sessions may live that a key signed before it retired. */
  retention: number;
  /** Seconds until the new key signs. */
  lead: number;
}

/** A new current key, and every older one that a living session may be signed with. */
export function nextKeys({ current, previous, lastRotated, retention, lead }: Succession, { now, random }: Pick<Ports, "now" | "random">): SessionKeys {
  const outgoing = current && { ...current, ...allOf(current, previous) };
  const { kid, masterKey } = newKey(outgoing?.keys ?? {}, random);
  if (!outgoing) return { current: kid, keys: { [kid]: masterKey } };

  const since = now() + lead;
  const retired = definedOnly(Object.keys(outgoing.keys), retirement);
  const isKept = (key: string) => retired[key] === undefined || retired[key] + retention >= now();
  return {
    current: kid,
    keys: { ...only(outgoing.keys, isKept), [kid]: masterKey },
    since,
    before: signingKeyId(outgoing, now()),
    retired: only(retired, isKept),
    shardKeys: only(outgoing.shardKeys ?? {}, isKept),
    shardKeysSince: only(outgoing.shardKeysSince ?? {}, isKept),
    voided: (outgoing.voided ?? []).filter((name) => isKept(recordKeyParts(name).kid)),
  };

  /**
   * Undefined for the keys that sign now: nobody knows yet when this rotation will end. So a retirement is noted one rotation
   * later. Only a shard's own key has to know before: the new one relieves it.
   */
  function retirement(key: string): number | undefined {
    const { current: signing, since: signsSince = 0, before, shardKeys = {}, retired: noted = {} } = outgoing!;
    if (noted[key] !== undefined) return noted[key];
    if (key === signing || (key === before && now() < signsSince)) return undefined;
    if (!Object.hasOwn(current!.keys, key)) return now();
    return shardKeys[key] === undefined ? Math.max(lastRotated ?? now(), signsSince) : since;
  }
}

/**
 * After a roll-back by hand AWSPREVIOUS holds keys that the current version never had, and sessions are signed with them. It was made
 * from the current version then. Where it was not, it is older, and what it holds beyond that was dropped; by a lockdown, perhaps.
 */
function allOf(current: SessionKeys, previous: SessionKeys | undefined): Pick<SessionKeys, "keys" | "retired" | "shardKeys" | "shardKeysSince" | "voided"> {
  if (!previous || previous.keys[current.current] !== current.keys[current.current]) return current;
  const isOnlyThere = (kid: string) => !Object.hasOwn(current.keys, kid);
  return {
    keys: { ...previous.keys, ...current.keys },
    retired: { ...only(previous.retired ?? {}, isOnlyThere), ...current.retired },
    shardKeys: { ...previous.shardKeys, ...current.shardKeys },
    shardKeysSince: { ...previous.shardKeysSince, ...current.shardKeysSince },
    voided: [...new Set([...(previous.voided ?? []), ...(current.voided ?? [])])],
  };
}

function only<T>(record: Record<string, T>, isKept: (key: string) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => isKept(key)));
}

function definedOnly(keys: string[], valueOf: (key: string) => number | undefined): Record<string, number> {
  return Object.fromEntries(keys.flatMap((key) => (valueOf(key) === undefined ? [] : [[key, valueOf(key)!]])));
}
