/** The policy of a large estate: areas of many hosts, and an API whose rules are all below one name. */
import type { PolicyRule } from "../../policy/rule";

export function largePolicy(count: number, hostCount: number): { rules: PolicyRule[]; hosts: string[] } {
  const hosts = Array.from({ length: hostCount }, (_, i) => `app-${i}.example.com`);
  const rules: PolicyRule[] = [];
  for (let i = 0; rules.length < count - 2; i++) {
    const area = `area-${Math.floor(i / hostCount)}`;
    rules.push(
      i % 9 === 0
        ? { path: `/api/v1/${area}-${i}/**`, methods: ["GET"], allow: { roles: ["staff", `team-${i}`] } }
        : {
            host: hosts[i % hostCount]!,
            path: `/${area}/**`,
            allow: i % 2 ? "signed-in" : { roles: [`team-${i % 70}`] },
          },
    );
  }
  return { rules: [...rules, { path: "/", allow: "public" }, { path: "/**", allow: { roles: ["admin"] } }], hosts };
}
