/**
 * The sign-ins whose code a provider has accepted or refused. It would refuse the code now, so the gateway does not
 * send it again: anyone can repeat a callback, and providers limit how often a client may fail. Each instance has its
 * own list.
 */
export interface SpentFlows {
  has(sid: string): boolean;
  add(sid: string): void;
}

/** When the list is full, the oldest entry is dropped. */
const MAX_FLOWS = 1000;

export function spentFlows(): SpentFlows {
  const flows = new Set<string>();
  return {
    has: (sid) => flows.has(sid),
    add(sid) {
      flows.add(sid);
      if (flows.size > MAX_FLOWS) flows.delete(flows.values().next().value!);
    },
  };
}
