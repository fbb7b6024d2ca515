/** Kinds of fields that several parts of the config have. */
import { z } from "zod";
import { rulePathProblem } from "../policy/path-pattern";
import { pathPatternProblem, ROLE_NAME } from "../policy/rule";

const HOST_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
export const HOST = new RegExp(`^(?:${HOST_LABEL}\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$`);
/** Browsers resolve `*.localhost` to the loopback address; only the local edge serves it, on its own port. */
export const LOCAL_HOST = new RegExp(`^(?:${HOST_LABEL}\\.)+localhost:[0-9]{1,5}$`);

/** A string that must match `form`; the message says what to write instead. */
export function text(form: RegExp, write: string) {
  return z.string(`write ${write}`).regex(form, `write ${write}`);
}

const SECONDS_IN = { s: 1, m: 60, h: 3600, d: 86400 } as const;

/**
 * `"90s"`, `"15m"`, `"8h"`, `"7d"`; parsed to seconds.
 *
 * @param write what to write instead
 * @param units some of `smhd`
 */
export function duration(min: number, max: number, write: string, units = "smhd") {
  return z
    .string(write)
    .regex(new RegExp(`^[1-9][0-9]{0,5}[${units}]$`), write)
    .transform((value) => Number(value.slice(0, -1)) * SECONDS_IN[value.slice(-1) as keyof typeof SECONDS_IN])
    .refine((seconds) => seconds >= min && seconds <= max, write);
}

/** Object and tenant IDs of Entra. */
export const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const region = text(/^[a-z]{2}(-[a-z]+)+-[0-9]$/, 'a region, such as "eu-central-1"');
export const hostedZone = text(
  /^Z[A-Z0-9]{5,31}$/,
  'the ID of a Route 53 hosted zone, such as "Z0123456789ABCDEFGHIJ"',
);
export const scopes = z
  .array(text(/^[!#-[\]-~]+$/, 'a scope without spaces, such as "email"'))
  .refine((names) => names.includes("openid"), 'include "openid": without it there is no ID token');

export const host = text(HOST, 'a host name in lower case without scheme, port or path, such as "app.example.com"');
export const servedHost = z
  .string('write a host name, such as "app.example.com"')
  .refine(
    (value) => HOST.test(value) || LOCAL_HOST.test(value),
    'write a host name in lower case without scheme, port or path, such as "app.example.com"',
  );
export const slug = text(
  /^[a-z][a-z0-9-]{0,29}$/,
  'a short name of lower-case letters, digits and "-", such as "main"',
);
export const role = text(
  ROLE_NAME,
  'the name of a role, such as "admin" or "Domain Users": 1 to 256 visible characters, with no space at its ends',
);

export const pathPattern = z.string('write a path pattern, such as "/admin/**"').superRefine((value, context) => {
  const problem = pathPatternProblem(value);
  if (problem) context.addIssue({ code: "custom", message: problem });
});

/** The path of a rule, whose segments may have names. */
export const rulePath = z.string('write a path pattern, such as "/admin/**"').superRefine((value, context) => {
  const problem = rulePathProblem(value);
  if (problem) context.addIssue({ code: "custom", message: problem });
});

/** From one key or secret to the next. */
export const daysBetweenRotations = z
  .number("write a number of days")
  .int("write a whole number of days")
  .min(1, "write at least 1")
  .max(365, "write at most 365");
