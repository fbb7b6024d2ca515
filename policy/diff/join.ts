/** Joins the changes of single classes of requests into rows. */
import type { AccessChange } from "./access-change";
import type { Region } from "./regions";
import { METHOD_NAMES, type MethodClass } from "./request-classes";

type Change = Omit<AccessChange, "host" | "exceptHosts" | "path" | "except" | "methods" | "preflight">;
type Row = Omit<AccessChange, "host" | "exceptHosts">;

/** Regions with the same change for several methods become one row. */
export function joinMethods(classes: readonly { requests: MethodClass; regions: readonly Region<Change>[] }[]): Row[] {
  const groups = grouped(
    classes.flatMap(({ requests, regions }) => regions.map((region) => ({ value: region, member: requests }))),
  );
  return groups.flatMap(({ value: { path, except, change }, members }) => {
    const methods = METHOD_NAMES.filter((name) =>
      members.some(({ method, isPreflight }) => method === name && !isPreflight),
    );
    const [hasOptions, hasPreflight] = [methods.includes("OPTIONS"), members.some(({ isPreflight }) => isPreflight)];
    const row = { path, except, ...change };
    return [
      ...(methods.length > 0 ? [{ ...row, methods, ...(hasOptions && !hasPreflight && { preflight: false }) }] : []),
      ...(hasPreflight && !hasOptions ? [{ ...row, methods: ["OPTIONS" as const], preflight: true }] : []),
    ];
  });
}

/** Rows that are the same for all hosts become one. So do rows for all hosts that no policy names. */
export function joinHosts(byHost: readonly { host: string | undefined; rows: readonly Row[] }[]): AccessChange[] {
  const hosts = byHost.map(({ host }) => host);
  const groups = grouped(byHost.flatMap(({ host, rows }) => rows.map((value) => ({ value, member: host }))));
  return groups.flatMap(({ value, members }): AccessChange[] => {
    const others = hosts.filter((host) => !members.includes(host));
    if (others.length === 0) return [{ host: undefined, ...value }];
    const named = members.filter((host) => host !== undefined);
    if (named.length === members.length) return named.map((host) => ({ host, ...value }));
    return [{ host: undefined, exceptHosts: others as string[], ...value }];
  });
}

/** Equal values become one, in the order in which they first occur. */
function grouped<T, Member>(all: readonly { value: T; member: Member }[]): { value: T; members: Member[] }[] {
  const groups = new Map<string, { value: T; members: Member[] }>();
  for (const { value, member } of all) {
    const key = JSON.stringify(value);
    const group = groups.get(key) ?? { value, members: [] };
    group.members.push(member);
    groups.set(key, group);
  }
  return [...groups.values()];
}
