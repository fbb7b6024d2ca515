/**
 * Step-up: a rule asks for a more recent or a stronger authentication than the session has. The gate sends the browser
 * to `login` with `max_age` and `acr_values` (RFC 9470 section 4). The gateway requests them from the identity
 * provider, and the claims in its answer decide. Parameters alone prove nothing, because they pass through the browser.
 */
import { profileOf } from "../../../identity/profiles";
import type { AuthSettings, IdentityProviderSettings } from "../../../session/settings";
import { Failure } from "../failures";
import type { Identity } from "../oidc/identity";

/** The requirements for a sign-in. Every member that is present must be met. */
export interface StepUp {
  /** Seconds since the authentication. */
  maxAge?: number;
  /** Authentication context classes, of which one suffices. */
  acr?: string[];
}

const SECONDS = /^[1-9][0-9]{0,8}$/;

/**
 * Reads the parameters of `login`.
 *
 * @returns undefined if they ask for nothing
 * @throws Failure `bad_request` for values that no rule asks for. Anyone can write such a link, but it can only request
 * what the policy requests anyway
 */
export function readStepUp(parameters: URLSearchParams, { stepUp: known = {} }: AuthSettings): StepUp | undefined {
  const [maxAge, acr] = ["max_age", "acr_values"].map((name) => {
    const [value, ...others] = parameters.getAll(name);
    if (others.length > 0) throw new Failure("bad_request", `several_${name}`);
    return value;
  });
  if (maxAge === undefined && acr === undefined) return undefined;
  if (maxAge !== undefined && !(SECONDS.test(maxAge) && known.maxAges?.includes(Number(maxAge))))
    throw new Failure("bad_request", "unknown_max_age");
  const values = acr?.split(" ");
  if (values && !values.every((value) => known.acr?.includes(value)))
    throw new Failure("bad_request", "unknown_acr_values");
  return { ...(maxAge !== undefined && { maxAge: Number(maxAge) }), ...(values && { acr: values }) };
}

/** The parameters as {@link readStepUp} reads them, to be added to a query; empty for none. */
export function stepUpQuery({ maxAge, acr }: StepUp = {}): string {
  return (
    (maxAge === undefined ? "" : `&max_age=${maxAge}`) +
    (acr === undefined ? "" : `&acr_values=${encodeURIComponent(acr.join(" "))}`)
  );
}

/**
 * The parameters of the authorization request (https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest).
 * `max_age` makes `auth_time` mandatory, too.
 */
export function stepUpParameters(
  { maxAge, acr }: StepUp = {},
  { profile }: Pick<IdentityProviderSettings, "profile"> = {},
): Record<string, string> {
  const ask = profileOf(profile).strength?.ask ?? ((values) => ({ acr_values: values.join(" ") }));
  return { ...(maxAge !== undefined && { max_age: String(maxAge) }), ...(acr && ask(acr)) };
}

/**
 * Compares an authentication with the requirements in the same way as the gate does. If this check accepted more, the
 * browser would loop between gate and handler.
 *
 * @param now Unix seconds
 * @throws Failure `step_up_unmet`, also if the provider sends neither claim
 */
export function requireStepUp(
  { maxAge, acr }: StepUp,
  { authTime, strength }: Pick<Identity, "authTime" | "strength">,
  now: number,
): void {
  // `!(<=)`, so that an unknown time counts as too old.
  if (maxAge !== undefined && !(now - authTime! <= maxAge))
    throw new Failure("step_up_unmet", authTime === undefined ? "no_auth_time" : "auth_time");
  const held = strength.split(" ");
  if (acr && !acr.some((value) => held.includes(value)))
    throw new Failure("step_up_unmet", strength === "" ? "no_acr" : "acr");
}
