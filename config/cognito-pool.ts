/**
 * `pool` of an identity provider with the profile `cognito`: the user pool that Terraform makes. Every default is the
 * strict choice. Secrets are never part of it (docs/decisions/0030-cognito-secrets.md).
 */
import { z } from "zod";
import { duration, HOST, hostedZone, region, scopes, text } from "./fields";

/** https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html */
const RESERVED_IN_PREFIXES = ["aws", "amazon", "cognito"];
/**
 * Reserved names of Cognito:
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
 */
const RESERVED_PROVIDER_NAMES = ["cognito", "facebook", "google", "loginwithamazon", "signinwithapple"];
/** https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html, without Cognito's own. */
const ATTRIBUTES = [
  "address",
  "birthdate",
  "email",
  "email_verified",
  "family_name",
  "gender",
  "given_name",
  "locale",
  "middle_name",
  "name",
  "nickname",
  "phone_number",
  "picture",
  "preferred_username",
  "profile",
  "website",
  "zoneinfo",
] as const;

/** Cognito takes whole minutes. */
function lifetime(min: number, max: number, write: string) {
  return duration(min, max, write, "mhd");
}

const email = text(
  /^[A-Za-z0-9._+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}$/,
  'an e-mail address, such as "login@example.com"',
);
const hostName = text(HOST, 'a host name in lower case, such as "login.example.com"');
const httpsUrl = (write: string) => z.url({ protocol: /^https$/, error: `write ${write}` });

const domain = z.union(
  [
    /** A host below `amazoncognito.com`. The prefix is unique in the region, among all accounts. */
    z.strictObject({
      prefix: text(
        /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
        'a prefix of 1 to 63 lower-case letters, digits and "-", such as "acme-wiki"',
      ).refine(
        (value) => !RESERVED_IN_PREFIXES.some((word) => value.includes(word)),
        `write a prefix without ${RESERVED_IN_PREFIXES.join(", ")}: Cognito reserves them`,
      ),
    }),
    /** Your own host. Its parent domain must have an A record. */
    z.strictObject({
      name: hostName,
      certificateArn: text(
        /^arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate\/[0-9a-f-]+$/,
        "the ARN of an ACM certificate in us-east-1, whatever the pool's region",
      ),
      /** The Route 53 zone that gets the alias record. Without it, point the name at the output `login_domain_target`. */
      hostedZoneId: hostedZone.optional(),
    }),
  ],
  { error: 'write { prefix: "acme-wiki" } or { name: "login.example.com", certificateArn: "arn:…" }' },
);

const attributes = z.partialRecord(
  z.enum(ATTRIBUTES, `write user attributes from ${ATTRIBUTES.join(", ")}`),
  text(/^[!-~]{1,2048}$/, "the name of the claim or SAML attribute"),
);

/** Another identity provider, whose users the pool passes on. */
const federatedProvider = z.discriminatedUnion(
  "type",
  [
    z.strictObject({
      type: z.literal("saml"),
      metadataUrl: httpsUrl('the https URL of the SAML metadata, such as "https://login.example.com/metadata.xml"'),
      attributes: attributes.default({
        email: "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
      }),
    }),
    z.strictObject({
      type: z.literal("oidc"),
      issuer: httpsUrl('the issuer as its discovery document spells it, such as "https://login.example.com"'),
      clientId: text(/^[!-~]{1,255}$/, "the client ID that the identity provider gave you"),
      /**
       * The secret in Secrets Manager whose text is the client secret. You create it in the pool's region before the
       * first apply.
       */
      clientSecretName: text(
        /^[A-Za-z0-9/_+=.@-]{1,512}$/,
        'the name of a secret in Secrets Manager, such as "wiki/corp-client-secret"; the secret itself never belongs in a config',
      ),
      /** After a change of the secret, name its new version here: only then does Cognito get it. */
      clientSecretVersionId: text(
        /^[A-Za-z0-9-]{32,64}$/,
        "the VersionId that Secrets Manager printed when the value was stored",
      ).optional(),
      scopes: scopes.default(["openid", "email", "profile"]),
      attributes: attributes.default({ email: "email", email_verified: "email_verified", name: "name" }),
    }),
  ],
  { error: 'write { type: "saml", metadataUrl: "https://…" } or { type: "oidc", issuer: "https://…", … }' },
);

const scopeName = text(/^[A-Za-z0-9._:-]{1,128}$/, 'a scope of letters, digits and . _ : -, such as "read"');

/** Your own API, whose scopes programs request. */
const resourceServer = z.strictObject({
  /** Full scope names are `<identifier>/<scope>`. */
  identifier: text(
    /^[A-Za-z0-9._~:/-]{1,256}$/,
    'the identifier of an API, such as "https://api.example.com"; it is the prefix of its scopes',
  ),
  /** Scope to description. */
  scopes: z
    .record(
      scopeName,
      z
        .string("write what the scope allows")
        .min(1, "write what the scope allows")
        .max(256, "write at most 256 characters"),
      'write { read: "Reads everything" }',
    )
    .refine((scopes) => Object.keys(scopes).length > 0, 'write at least one: { read: "Reads everything" }'),
});

/** A program that gets tokens for itself (client_credentials). */
const machineClient = z.strictObject({
  scopes: z.array(scopeName).min(1, "name a scope of resourceServer"),
});

export const cognitoPoolSchema = z
  .strictObject({
    /** The region of the users. The gateway itself is in us-east-1 and at every edge. */
    region: region.default("us-east-1"),
    domain,
    /**
     * A second factor for everyone, or only for people who have set one up. It is a one-time password of an app (TOTP).
     */
    mfa: z.enum(["required", "optional"], 'write "required" or "optional"').default("required"),
    /** Lets people sign in with a passkey instead of a password. */
    passkeys: z.boolean("write true or false").default(false),
    /** Lets anyone create an account. By default, people are invited. */
    selfSignUp: z.boolean("write true or false").default(false),
    /** `false`: only users of the federated providers sign in. */
    localUsers: z.boolean("write true or false").default(true),
    passwords: z
      .strictObject({
        minimumLength: z
          .number("write a number of characters")
          .int("write a whole number")
          .min(8, "write at least 8")
          .max(99, "write at most 99")
          .default(14),
        /** Days in which an invited person must sign in. */
        invitationDays: z
          .number("write a number of days")
          .int("write a whole number of days")
          .min(1, "write at least 1")
          .max(30, "write at most 30")
          .default(3),
      })
      .prefault({}),
    tokens: z
      .strictObject({
        /** Lifetime of ID and access tokens. */
        validity: lifetime(300, 86400, 'write a duration between "5m" and "24h", such as "15m"').default(900),
        /** Lifetime of refresh tokens, counted from the sign-in: rotation does not extend it. */
        refresh: lifetime(3600, 3650 * 86400, 'write a duration between "1h" and "3650d", such as "1d"').default(86400),
      })
      .prefault({}),
    /** `false` only for the apply before the pool is destroyed. */
    deletionProtection: z.boolean("write true or false").default(true),
    /** Watches for stolen passwords and taken-over accounts. Anything but `off` needs the feature plan Plus. */
    threatProtection: z.enum(["off", "audit", "enforced"], 'write "off", "audit" or "enforced"').default("off"),
    /** Sends e-mail through SES. Without it, Cognito sends at most 50 a day. */
    email: z
      .strictObject({
        from: email,
        identityArn: text(
          /^arn:aws[a-z-]*:ses:[a-z0-9-]+:[0-9]{12}:identity\/[A-Za-z0-9.@_+-]+$/,
          "the ARN of a verified SES identity",
        ),
        replyTo: email.optional(),
      })
      .optional(),
    /** Buttons and links of the sign-in pages: the theme's accent color, or Cognito's own. */
    branding: z.enum(["theme", "cognito"], 'write "theme" or "cognito"').default("theme"),
    federation: z
      .record(
        text(
          /^[A-Za-z][A-Za-z0-9]{2,31}$/,
          'a name of 3 to 32 letters and digits, such as "corp"; people see it at sign-in',
        ).refine(
          (name) => !RESERVED_PROVIDER_NAMES.includes(name.toLowerCase()),
          "write another name: Cognito has its own provider of this one",
        ),
        federatedProvider,
        'write { corp: { type: "saml", metadataUrl: "https://…" } }',
      )
      .default({}),
    resourceServer: resourceServer.optional(),
    machineClients: z
      .record(
        text(/^[a-z][a-z0-9-]{0,29}$/, 'a short name of lower-case letters, digits and "-", such as "nightly-report"'),
        machineClient,
        'write { "nightly-report": { scopes: ["read"] } }',
      )
      .default({}),
    /** An existing Lambda function in the pool's region that may change tokens (event version V2_0). */
    preTokenHookArn: text(
      /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]{1,64}(?::[A-Za-z0-9_-]{1,128})?$/,
      "the ARN of a Lambda function",
    ).optional(),
  })
  .superRefine((pool, context) => {
    const problem = (path: PropertyKey[], message: string) => context.addIssue({ code: "custom", path, message });
    // A passkey can count as both factors, but the provider cannot switch that on:
    // https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_WebAuthnMfaSettingsType.html
    if (pool.passkeys && pool.mfa === "required") {
      problem(
        ["passkeys"],
        'nobody is offered a passkey where a second factor is required; write mfa: "optional", or leave passkeys out',
      );
    }
    if (pool.passkeys && !pool.localUsers) {
      problem(["passkeys"], "only local users have passkeys; leave out localUsers: false or passkeys");
    }
    if (!pool.localUsers && Object.keys(pool.federation).length === 0) {
      problem(["localUsers"], "nobody could sign in; name a provider in federation, or leave localUsers out");
    }
    if (!pool.localUsers && pool.selfSignUp) {
      problem(["selfSignUp"], "only local users sign up; leave out localUsers: false or selfSignUp");
    }
    // The risk configuration must name an SES identity, even if no notifications are sent.
    if (pool.threatProtection === "enforced" && !pool.email) {
      problem(["threatProtection"], 'Cognito wants an SES identity for this; add email, or write "audit"');
    }
    const [, , , hookRegion] = pool.preTokenHookArn?.split(":") ?? [];
    if (hookRegion !== undefined && hookRegion !== pool.region) {
      problem(["preTokenHookArn"], `Cognito calls functions of its own region only; name a function in ${pool.region}`);
    }
    const known = Object.keys(pool.resourceServer?.scopes ?? {});
    for (const [client, { scopes }] of Object.entries(pool.machineClients)) {
      scopes.forEach((scope, place) => {
        if (known.includes(scope)) return;
        problem(
          ["machineClients", client, "scopes", place],
          known.length === 0
            ? "there is no resourceServer with scopes; add it"
            : `resourceServer has no such scope; write ${known.join(" or ")}, or add it there`,
        );
      });
    }
  });

/** `pool` as people write it. */
export type CognitoPoolInput = z.input<typeof cognitoPoolSchema>;
/** `pool` as the stack reads it: checked, with every default filled in, lifetimes in seconds. */
export type CognitoPool = z.output<typeof cognitoPoolSchema>;
