/** A config without a mistake, and how to describe a mistake in it. */

/** As little as a gateway needs. */
export const SMALL = {
  name: "wiki",
  domain: "wiki.example.com",
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  identityProviders: { main: { issuer: "https://login.example.com", clientId: "wiki" } },
  origin: { type: "s3" },
  policy: [{ path: "/**", allow: "signed-in" }],
};

/** What makes of it a gateway for a distribution that exists. */
export const EXISTING = { distribution: "existing", origin: undefined, hostedZoneId: undefined } as const;
export const ATTACHED = { ...SMALL, ...EXISTING };

/** What is written instead of the part of {@link SMALL}, where the mistake is, and what the person reads. */
export type Mistake = [written: Record<string, unknown>, path: string, message: string];

export const HOST = 'write a host name in lower case without scheme, port or path, such as "app.example.com"';
export const SLUG = 'write a short name of lower-case letters, digits and "-", such as "main"';
export const ORIGIN =
  'write { type: "s3" } or { type: "custom", domainName: "origin.example.com", secretHeader: true }, or an origin of type "vpc", "lambda-url" or "api-gateway"';
export const ISSUER = 'write the issuer as its discovery document spells it, such as "https://login.example.com"';
export const CLIENT_AUTHENTICATION =
  'write "none", "client_secret_basic", "client_secret_post", { method: "private_key_jwt" } or { method: "aws_assertion" }';
export const KMS_KEY = "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-1111-2222-333344445555";
export const CLAIM = "write the name of a claim";
export const ALLOW =
  'write "public", "signed-in", "nobody", conditions such as { roles: ["admin"] }, a list of conditions, or { require: "<name of a requirement>" }';
export const ROLE =
  'write the name of a role, such as "admin" or "Domain Users": 1 to 256 visible characters, with no space at its ends';
export const CACHING = 'write "disabled" or "optimized"';
export const UNKNOWN = "there is no such setting; remove it or check its spelling";

export const identityProvider = (more: object) => ({
  identityProviders: { main: { ...SMALL.identityProviders.main, ...more } },
});
export const clientAuthentication = (settings: object) => identityProvider({ clientAuthentication: settings });
export const transmitter = (more: object) => ({
  eventTransmitters: {
    corp: {
      issuer: "https://signals.example.com",
      audience: "wiki",
      jwksUri: "https://signals.example.com/keys",
      ...more,
    },
  },
});
export const custom = (more: object) => ({
  origin: { type: "custom", domainName: "origin.example.com", open: true, ...more },
});
export const behavior = (more: object) => ({ behaviors: [{ path: "/a/*", origin: { type: "s3" }, ...more }] });
export const rule = (more: object) => ({ policy: [{ ...SMALL.policy[0], ...more }] });
export const s3 = (more: object) => ({ origin: { type: "s3", ...more } });
