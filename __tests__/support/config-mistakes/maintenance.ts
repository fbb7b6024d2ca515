/** Mistakes in a maintenance. */
import type { Mistake } from "../small-config";

export const MAINTENANCE_MISTAKES: Mistake[] = [
  [
    { maintenance: true },
    "maintenance",
    'write { until: "2026-12-01T08:00:00Z" }, or {} if nobody knows when; it is true',
  ],
  [
    { maintenance: { until: "2026-12-01 08:00" } },
    "maintenance.until",
    'write a time with its zone, such as "2026-12-01T08:00:00Z"; it is "2026-12-01 08:00"',
  ],
  [{ maintenance: { message: "" } }, "maintenance.message", 'write a text, or leave message out; it is ""'],
  [{ maintenance: { allow: "ops" } }, "maintenance.allow", 'write { roles: ["admin"] }; it is "ops"'],
  [{ maintenance: { allow: { roles: [] } } }, "maintenance.allow.roles", "name a role, or leave allow out; it is []"],
  [
    { policy: [{ path: "/**", allow: { roles: ["admin"] } }], maintenance: { allow: { roles: ["ops"] } } },
    "maintenance.allow.roles[0]",
    'no rule of the policy requires "ops"; write admin',
  ],
];
