/** An identity provider in the config. Checks that need the rest of the config are in identity-provider-checks.ts. */
import { z } from "zod";
import { claimPathProblem } from "../identity/claim-path";
import { ALL_SIGNATURE_ALGORITHMS } from "../identity/signing-keys";
import { profileOf, PROFILES, type ProfileName } from "../identity/profiles";
import { TENANT_ID } from "../identity/user";
import { clientOptions } from "./client-authentication";
import { cognitoPoolSchema } from "./cognito-pool";
import { entraAppSchema } from "./entra-app";
import { GUID, host, pathPattern, role, scopes, servedHost, text } from "./fields";

const PROFILE_NAMES = Object.keys(PROFILES) as [ProfileName, ...ProfileName[]];
/** Parameters of the authorization request that the gateway sets. */
const OWN_PARAMETERS = [
  "client_id",
  "code_challenge",
  "code_challenge_method",
  "id_token_hint",
  "login_hint",
  "max_age",
  "nonce",
  "prompt",
  "redirect_uri",
  "request",
  "request_uri",
  "response_mode",
  "response_type",
  "scope",
  "state",
];

const claimPath = z.string('write the path of a claim, such as "roles"').superRefine((value, context) => {
  const problem = claimPathProblem(value);
  if (problem) context.addIssue({ code: "custom", message: problem });
});

const issuer = z
  .url({
    protocol: /^https$/,
    error: 'write the issuer as its discovery document spells it, such as "https://login.example.com"',
  })
  .refine(
    (value) => !/[?#]/.test(value),
    "write the issuer without query and fragment (OpenID Connect Discovery 1.0, section 2)",
  );

const roles = z.strictObject({
  /** The claim with the roles: a list of names, or names separated by spaces. By default, the profile's. */
  claim: claimPath.optional(),
  /** The provider's name of a role, and the policy's. If given, only these names count. */
  map: z.record(z.string().min(1, "write the provider's name of the role"), role).optional(),
  /** The prefix of the provider's names; names without it do not count. */
  prefix: z
    .string("write a text")
    .min(1, "write a text, or leave it out")
    .max(64, "write at most 64 characters")
    .optional(),
  /** The only roles of the policy that this provider may grant. By default all, if there is no other provider. */
  grant: z.array(role, 'write a list of roles, such as ["admin"]').optional(),
});

const offeredAt = z.strictObject({
  hosts: z.array(servedHost).min(1, "name a host or leave hosts out").optional(),
  paths: z.array(pathPattern).min(1, "name a path or leave paths out").optional(),
});

export const identityProvider = z.strictObject({
  /** The kind of provider, which determines where its tokens have the claims that the gateway needs. */
  profile: z
    .enum(PROFILE_NAMES, `write one of ${PROFILE_NAMES.map((name) => `"${name}"`).join(", ")}`)
    .default("generic"),
  /** Shown when people choose between several identity providers. */
  label: z
    .string("write a name that people know")
    .min(1, "write a name that people know")
    .max(60, "write at most 60 characters")
    .optional(),
  issuer: issuer.optional(),
  /** Absent if Terraform makes the client (`app`, `pool`). */
  clientId: text(/^[!-~]{1,255}$/, "the client ID that the identity provider gave you").optional(),
  ...clientOptions,
  /** Algorithms of the tokens that the provider signs. By default RS256, PS256, ES256 and EdDSA. */
  signingAlgorithms: z
    .array(
      z.enum(ALL_SIGNATURE_ALGORITHMS, `write algorithms from ${ALL_SIGNATURE_ALGORITHMS.join(", ")}`),
      'write a list of algorithms, such as ["RS512"]',
    )
    .min(1, "name an algorithm, or leave signingAlgorithms out")
    .optional(),
  /** By default those of the profile. Some providers give the refresh token for silent renewal only for `offline_access`. */
  scopes: scopes.optional(),
  roles: roles.prefault({}),
  /** Only people with a verified e-mail address in one of these domains may sign in. */
  emailDomains: z.array(host).min(1, 'name a domain, such as "example.com", or leave emailDomains out').optional(),
  /**
   * Accepts e-mail addresses that the provider does not call verified. Only safe if nobody can choose their own address
   * there.
   */
  trustEmail: z.literal(true, "write true, or leave it out").optional(),
  /** Entra only: IDs of the tenants whose users may sign in. */
  tenants: z
    .array(text(GUID, 'the ID of a tenant in lower case, such as "8eaef023-2b34-4da1-9baa-8bc8c9d6a490"'))
    .min(1, "name a tenant")
    .optional(),
  /** Entra only: an app registration that Terraform makes, in a separate stack. */
  app: entraAppSchema.optional(),
  /** Cognito only: a user pool that Terraform makes, in a separate stack. */
  pool: cognitoPoolSchema.optional(),
  /** Hosts and paths at which people sign in with this provider, rather than one that names no place. */
  offeredAt: offeredAt.optional(),
  /** Further parameters of the authorization request, such as `domain_hint`, `ui_locales` or `acr_values`. */
  authorizationParameters: z
    .record(
      text(/^[A-Za-z0-9_.-]{1,64}$/, "the name of a parameter").refine(
        (name) => !OWN_PARAMETERS.includes(name),
        `the gateway sets ${OWN_PARAMETERS.join(", ")} itself; remove it`,
      ),
      z.string("write a text").max(256, "write at most 256 characters"),
    )
    .optional(),
});

export type IdentityProvider = z.output<typeof identityProvider>;

/** The issuer of a provider, from the config or its profile; undefined if only Terraform knows it. */
export function issuerOf({ profile, issuer, tenants }: IdentityProvider): string | undefined {
  if (issuer !== undefined) return issuer;
  if (profile !== "entra" || !tenants) return profileOf(profile).issuer;
  // https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-the-issuer
  return `https://login.microsoftonline.com/${tenants.length === 1 ? tenants[0] : TENANT_ID}/v2.0`;
}

/** The roles of the policy that a provider may grant. @param isOnly true if there is no other provider */
export function grantsOf({ roles }: IdentityProvider, ofPolicy: readonly string[], isOnly: boolean): string[] {
  const grant = roles.grant ?? (isOnly ? ofPolicy : []);
  return ofPolicy.filter((name) => grant.includes(name));
}
