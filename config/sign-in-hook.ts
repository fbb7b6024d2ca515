/** The sign-in hook in the config: the function or server that the gateway calls after each sign-in. */
import { z } from "zod";
import { role } from "./fields";
import { hookTarget, withOneTarget } from "./hook-target";

export const signInHook = withOneTarget(
  z.strictObject({
    ...hookTarget,
    /** The only roles of the policy that the hook may add. */
    grant: z.array(role, 'write a list of roles, such as ["admin"]').default([]),
  }),
);

export type SignInHook = z.output<typeof signInHook>;
