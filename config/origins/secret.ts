/** The secret with which servers recognize the gateway. */
import { z } from "zod";
import { daysBetweenRotations } from "../fields";

export const originSecret = z.strictObject({
  /** Days from one value to the next. A server that does not read them itself must learn the next one within that time. */
  rotationDays: daysBetweenRotations.default(90),
  /** For an existing distribution: `true` sends the secret. Otherwise, `secretHeader` of an origin decides. */
  send: z.boolean("write true or false").default(false),
});
