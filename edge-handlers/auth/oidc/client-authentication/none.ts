import { None } from "oauth4webapi";
import type { Method } from "./method";

/** A public client: only PKCE ties the code to it (RFC 6749 section 2.1). */
export const none: Method<"none"> = () => Promise.resolve({ authenticate: None() });
