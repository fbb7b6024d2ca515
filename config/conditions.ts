/** The requirements of rules in a config: `allow` of a rule, and named `requirements`. */
import { z } from "zod";
import { DAYS, ROLE_NAME, type Allow, type Conditions } from "../policy/rule";
import { duration, host, role, slug, text } from "./fields";
import { canonicalRange } from "./networks";

const WRITE =
  'write "public", "signed-in", "nobody", conditions such as { roles: ["admin"] }, a list of conditions, or { require: "<name of a requirement>" }';

/** Characters that a challenge header can quote (https://www.rfc-editor.org/rfc/rfc6749#appendix-A.4). */
const TOKEN_FORM = /^[!#-[\]-~]{1,128}$/;
const VALUE = text(ROLE_NAME, "a value of 1 to 256 visible characters, with no space at its ends");
const claimName = text(/^[A-Za-z0-9_:./-]{1,128}$/, "the name of a claim");

function listOf<T extends z.ZodType>(item: T, what: string) {
  return z.array(item, `write a list of ${what}`).min(1, "write at least one, or leave it out");
}

const range = z.string('write an address range, such as "192.0.2.0/24"').superRefine((value, context) => {
  const canonical = canonicalRange(value);
  if (canonical === value) return;
  const message = canonical
    ? `write "${canonical}"`
    : 'write an address range, such as "192.0.2.0/24" or "2001:db8::/32"';
  context.addIssue({ code: "custom", message });
});
const ranges = listOf(range, 'address ranges, such as ["192.0.2.0/24"]');

const countries = listOf(text(/^[A-Z]{2}$/, 'a country as ISO 3166 has it, such as "DE"'), 'countries, such as ["DE"]');

export const time = text(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'a time in UTC, such as "2026-12-01T08:00:00Z"').refine(
  // `Date` turns a day that does not exist into another one.
  (value) => value.at(-1) !== "Z" || isoTime(value)?.startsWith(value.slice(0, -1)),
  'write a time that exists, such as "2026-12-01T08:00:00Z"',
);

function isoTime(text: string): string | undefined {
  const time = new Date(text);
  return Number.isFinite(time.getTime()) ? time.toISOString() : undefined;
}

const CLOCK = "(?:[01]\\d|2[0-3]):[0-5]\\d";

const during = z
  .strictObject({
    from: time.optional(),
    until: time.optional(),
    days: listOf(z.enum(DAYS, `write days from ${DAYS.join(", ")}`), 'days, such as ["mon"]')
      .refine((days) => new Set(days).size === days.length, "name each day once")
      .optional(),
    hours: text(new RegExp(`^${CLOCK}-(?:${CLOCK}|24:00)$`), 'hours in UTC, such as "08:00-18:00"')
      .refine((value) => value.slice(0, 5) !== value.slice(6), "write an end that is not the start")
      .optional(),
  })
  .refine((value) => Object.values(value).some((one) => one !== undefined), "write from, until, days or hours")
  .refine(({ from, until }) => from === undefined || until === undefined || from < until, {
    message: "write a time after from",
    path: ["until"],
  });

const SEGMENT = /^[a-z][A-Za-z0-9]{0,31}$/;
const segment = text(SEGMENT, 'the name of a segment of the path, such as "user" for "{user}"');

const SHAPE = {
  public: z.literal(true, "write true, or leave it out").optional(),
  roles: z.array(role, "write a list of roles").min(1, 'name a role, or write allow: "signed-in"').optional(),
  allRoles: listOf(role, "roles").optional(),
  notRoles: listOf(role, "roles").optional(),
  idp: z
    .array(slug, "write a list of identity providers")
    .min(1, "name an identity provider, or leave idp out")
    .optional(),
  scopes: listOf(text(TOKEN_FORM, 'a scope without spaces, such as "reports:read"'), "scopes").optional(),
  claims: z
    .record(
      claimName,
      z.union([VALUE.transform((value) => [value]), listOf(VALUE, "values")], {
        error: 'write a value or a list of values, such as ["pro", "team"]',
      }),
      'write claims with their values, such as { plan: ["pro"] }',
    )
    .refine((claims) => Object.keys(claims).length > 0, "write at least one, or leave it out")
    .optional(),
  emailDomains: listOf(host, 'domains, such as ["example.com"]').optional(),
  acr: listOf(
    text(TOKEN_FORM, 'an authentication context class as the provider spells it, such as "mfa"'),
    "classes",
  ).optional(),
  maxAge: duration(60, 30 * 86400, 'write a duration between "60s" and "30d", such as "15m"').optional(),
  networks: ranges.optional(),
  notNetworks: ranges.optional(),
  countries: countries.optional(),
  notCountries: countries.optional(),
  during: during.optional(),
  owner: z
    .union([segment, z.strictObject({ segment, claim: claimName })], {
      error: 'write the name of a segment of the path, such as "user", or { segment: "team", claim: "team" }',
    })
    .optional(),
} satisfies Record<keyof Conditions, z.ZodType>;

/** Conditions that apply without a session. */
const OF_REQUESTS: readonly string[] = ["networks", "notNetworks", "countries", "notCountries", "during"];

const conditions = z.strictObject(SHAPE).superRefine((value, context) => {
  const members = Object.keys(value).filter((name) => value[name as keyof typeof value] !== undefined);
  const message =
    members.length === 0
      ? 'write what must hold, or "signed-in"'
      : members.join() === "public"
        ? 'write allow: "public", or say from which networks or countries, or when'
        : undefined;
  if (message) context.addIssue({ code: "custom", message });
  if (!value.public) return;
  for (const name of members.filter((member) => member !== "public" && !OF_REQUESTS.includes(member)))
    context.addIssue({
      code: "custom",
      path: [name],
      message: `needs a session, which public does without; leave out one of them. Beside public may be ${OF_REQUESTS.join(", ")}`,
    });
});

const alternatives = z
  .array(
    dispatched((value) => (typeof value === "string" ? signedIn() : conditions)),
    "write a list of conditions",
  )
  .min(1, "write at least one alternative")
  .max(16, "write at most 16 alternatives");

/** In a list, this is the alternative without conditions. */
function signedIn() {
  return z.literal("signed-in", 'write conditions, or "signed-in"').transform((): Conditions => ({}));
}

type ConditionsInput = z.input<typeof conditions>;
type ListInput = readonly (ConditionsInput | "signed-in")[];

/** The conditions by name. */
export const CONDITION_NAMES: readonly string[] = Object.keys(SHAPE);

/** A rule's `allow` that names a requirement. */
export interface Required {
  require: string;
}

export type AllowInput = "public" | "signed-in" | "nobody" | ConditionsInput | ListInput | Required;

/**
 * At this point, names of requirements are still present, although the type does not say so: load.ts resolves them
 * later.
 */
export const allow = dispatched((value) => {
  if (Array.isArray(value)) return alternatives;
  if (typeof value !== "object" || value === null) return z.enum(["public", "signed-in", "nobody"], WRITE);
  return "require" in value ? z.strictObject({ require: slug }) : conditions;
}) as unknown as z.ZodType<Allow, AllowInput>;

const requirement = dispatched((value) => {
  if (Array.isArray(value)) return alternatives;
  if (typeof value === "object" && value !== null && "require" in value)
    return z.strictObject({ ...SHAPE, require: z.undefined("write the conditions here: requirements do not nest") });
  return typeof value === "object"
    ? conditions
    : z.never('write conditions, such as { roles: ["admin"] }, or a list of them');
}) as unknown as z.ZodType<Conditions | readonly Conditions[], ConditionsInput | ListInput>;

export const requirements = z.record(slug, requirement, 'write { staff: { roles: ["staff"] } }').default({});

/** Reads a value as the form that it resembles, so that errors are about that form. */
function dispatched(formOf: (value: unknown) => z.ZodType): z.ZodType {
  return z.unknown().transform((value, context) => {
    const read = formOf(value).safeParse(value);
    if (read.success) return read.data;
    const { issues } = read.error;
    // If a name is misspelled, a "missing" error would mislead.
    const isMisspelled = issues.some(({ code }) => code === "unrecognized_keys");
    for (const issue of issues.filter(({ code, path }) => !isMisspelled || code !== "custom" || path.length > 0))
      context.issues.push({ ...issue, input: value } as never);
    return z.NEVER;
  });
}
