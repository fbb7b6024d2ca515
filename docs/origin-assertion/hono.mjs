/** Hono middleware: refuses every request without a valid assertion, and keeps its claims as `user`. */
import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
import { assertions } from "./verify.mjs";

export function onlyAsserted(options) {
  const verify = assertions(options);
  return createMiddleware(async (context, next) => {
    let user;
    try {
      user = await verify(context.req.header("x-gate-assertion"));
    } catch {
      throw new HTTPException(401, { message: "This server answers only through the gateway." });
    }
    context.set("user", user);
    await next();
  });
}
