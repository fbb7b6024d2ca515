/** Issuers of access tokens that API behaviors accept. Checks that need the rest of the config are in api-checks.ts. */
import { z } from "zod";
import { claimPathProblem, parseClaimPath } from "../identity/claim-path";
import { ALL_SIGNATURE_ALGORITHMS } from "../identity/signing-keys";
import { ACCESS_TOKEN_PROFILES } from "../session/access-tokens";
import { role, slug, text } from "./fields";

const claimPath = z.string('write the path of a claim, such as "repository"').superRefine((value, context) => {
  const problem = claimPathProblem(value);
  if (problem) context.addIssue({ code: "custom", message: problem });
});

const audience = z
  .array(text(/^[!-~]{1,255}$/, 'an audience that tokens for this API name, such as "https://api.example.com"'))
  .min(1, 'name an audience, such as "https://api.example.com": a token for another API must not be accepted here');

/** Minimum characters before the `*` of a pattern: a shorter prefix would let strangers in. */
const pattern = text(
  /^[^*\p{C}]{3,255}\*?$|^[^*\p{C}]{1,2}$/u,
  'a value of the claim, such as "example/app", or its beginning and "*": "example/*"',
);

const accessTokenIssuer = z.strictObject({
  /** The ID of an identity provider of this config: its issuer, tenants, roles and e-mail domains count here, too. */
  identityProvider: slug.optional(),
  issuer: z
    .url({
      protocol: /^https$/,
      error: 'write the issuer as its tokens spell it, such as "https://login.example.com"',
    })
    .refine((value) => !/[?#]/.test(value), "write the issuer without query and fragment")
    .optional(),
  audience,
  /** The address of the issuer's keys; by default from its metadata. */
  jwksUri: z.url({ protocol: /^https$/, error: "write the https URL of the issuer's keys" }).optional(),
  profile: z
    .enum(ACCESS_TOKEN_PROFILES, `write one of ${ACCESS_TOKEN_PROFILES.map((name) => `"${name}"`).join(", ")}`)
    .optional(),
  algorithms: z
    .array(
      z.enum(ALL_SIGNATURE_ALGORITHMS, `write algorithms from ${ALL_SIGNATURE_ALGORITHMS.join(", ")}`),
      'write a list of algorithms, such as ["ES256"]',
    )
    .min(1, "name an algorithm, or leave algorithms out")
    .optional(),
  /** `any` also accepts tokens whose `typ` is not `at+jwt`. */
  type: z.literal("any", 'write "any", or leave it out').optional(),
  /** Which roles tokens grant. Without `grant`, none. */
  roles: z
    .strictObject({
      claim: claimPath.optional(),
      map: z.record(z.string().min(1, "write the issuer's name of the role"), role).optional(),
      prefix: z
        .string("write a text")
        .min(1, "write a text, or leave it out")
        .max(64, "write at most 64 characters")
        .optional(),
      grant: z.array(role, 'write a list of roles, such as ["deployer"]').min(1, "name a role, or leave roles out"),
    })
    .optional(),
  /** Claims that are kept for conditions of rules and for `identityHeaders`. */
  claims: z.array(claimPath).max(16, "name at most 16 claims").optional(),
  /** Required values of claims. */
  require: z
    .record(
      z
        .string()
        .refine((path) => parseClaimPath(path) !== undefined, 'write the path of a claim, such as "repository"'),
      z.union([pattern.transform((value) => [value]), z.array(pattern).min(1, "name a value")], {
        error: 'write a value, or a list of values, such as ["example/app"]',
      }),
    )
    .optional(),
});

export const accessTokens = z
  .record(
    slug,
    accessTokenIssuer,
    'write { main: { identityProvider: "main", audience: ["https://api.example.com"] } }',
  )
  .default({});

export type AccessTokenIssuerConfig = z.output<typeof accessTokenIssuer>;
