/** The signed statement about the user, for servers behind the gateway (docs/origin-assertion/README.md). */
import { z } from "zod";
import { daysBetweenRotations, text } from "./fields";

export const assertion = z.strictObject({
  /** The value of `aud`. Servers must accept no other audience. */
  audience: text(
    /^[A-Za-z0-9:/?#@!$&'()*+,;=._~-]{1,255}$/,
    'a URL or a name for your servers, such as "https://orders.internal.example.com"',
  ),
  /** Days from one key to the next. A server that does not read them itself must learn the next one within that time. */
  rotationDays: daysBetweenRotations.default(90),
});
