/** A site that is closed temporarily. */
import { z } from "zod";
import { role } from "./fields";

export const maintenance = z.strictObject(
  {
    /** When it is expected back. The site stays closed until `maintenance` is removed. */
    until: z.iso
      .datetime({ offset: true, error: 'write a time with its zone, such as "2026-12-01T08:00:00Z"' })
      .optional(),
    /** The text that replaces the page's own. */
    message: z
      .string("write a text")
      .min(1, "write a text, or leave message out")
      .max(500, "write at most 500 characters")
      .regex(/^[^\p{C}]*$/u, "write visible characters only")
      .optional(),
    /** Roles that may enter; nobody if absent. */
    allow: z
      .strictObject({ roles: z.array(role).min(1, "name a role, or leave allow out") }, 'write { roles: ["admin"] }')
      .optional(),
  },
  'write { until: "2026-12-01T08:00:00Z" }, or {} if nobody knows when',
);
