/**
 * The sign-ins whose code a provider has taken or refused. It would refuse the code again, so it is not asked: anybody
 * can repeat a callback, and providers limit how often a client may fail. Each instance remembers its own.
 */
export interface SpentFlows {
  has(sid: string): boolean;
  add(sid: string): void;
}

/** The oldest is forgotten, after as many requests to one instance. */
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
