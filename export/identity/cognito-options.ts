/** The options of a pool whose values its module takes as variables. */
import { cognitoPoolSchema } from "../../config/cognito-pool";
import type { ModuleOption } from "../options";
import { re2 } from "../variables";

const { shape } = cognitoPoolSchema;
const [ofCognito, ofYourOwn] = shape.domain.options;
const passwords = shape.passwords.unwrap().shape;
const tokens = shape.tokens.unwrap().shape;
const email = shape.email.unwrap().shape;
const [saml, oidc] = shape.federation.unwrap().valueType.options;

const isHttps = (value: string) => `can(regex("^https://[^/?#]+", ${value}))`;
const PREFIX = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

export const COGNITO_OPTIONS: readonly ModuleOption[] = [
  {
    path: "pool.domain.prefix",
    required: true,
    field: ofCognito.shape.prefix,
    conditions: [
      { holds: (value) => `can(regex("${re2(PREFIX)}", ${value}))`, wrong: "" },
      { holds: (value) => `!can(regex("aws|amazon|cognito", ${value}))`, wrong: "aws" },
    ],
    description: "The host of the sign-in pages, below amazoncognito.com. Nobody else in the region may have it.",
  },
  {
    path: "pool.domain.name",
    required: true,
    field: ofYourOwn.shape.name,
    description: "The host of the sign-in pages. Its parent domain must have an A record.",
  },
  {
    path: "pool.domain.certificateArn",
    required: true,
    field: ofYourOwn.shape.certificateArn,
    description: "A certificate in us-east-1 that covers the host, whatever the pool's region.",
  },
  {
    path: "pool.domain.hostedZoneId",
    field: ofYourOwn.shape.hostedZoneId,
    description: "The Route 53 zone that gets the alias record.",
  },
  {
    path: "pool.passwords.minimumLength",
    field: passwords.minimumLength,
    description: "Characters that a password has at least.",
  },
  {
    path: "pool.passwords.invitationDays",
    field: passwords.invitationDays,
    description: "Days in which an invited person must sign in.",
  },
  {
    path: "pool.tokens.validity",
    field: tokens.validity,
    seconds: { min: 300, max: 86_400, units: "mhd" },
    description: "Lifetime of ID and access tokens.",
  },
  {
    path: "pool.tokens.refresh",
    field: tokens.refresh,
    seconds: { min: 3_600, max: 3_650 * 86_400, units: "mhd" },
    description: "Lifetime of refresh tokens, from the sign-in on: at least `session.absolute` of the gateway.",
  },
  { path: "pool.email.from", field: email.from, description: "The sender of the pool's e-mail." },
  {
    path: "pool.email.identityArn",
    field: email.identityArn,
    description: "The verified SES identity that sends it.",
  },
  { path: "pool.email.replyTo", field: email.replyTo, description: "Where answers go." },
  {
    path: "pool.federation.*.metadataUrl",
    field: saml.shape.metadataUrl,
    condition: isHttps,
    description: "The address of the SAML metadata.",
  },
  {
    path: "pool.federation.*.issuer",
    field: oidc.shape.issuer,
    condition: isHttps,
    description: "The issuer, exactly as in the discovery document.",
  },
  {
    path: "pool.federation.*.clientId",
    field: oidc.shape.clientId,
    description: "The pool's client ID at the provider.",
  },
  {
    path: "pool.federation.*.clientSecretName",
    field: oidc.shape.clientSecretName,
    description: "The secret in Secrets Manager, in the pool's region, that has the client secret as its text.",
  },
  {
    path: "pool.federation.*.clientSecretVersionId",
    field: oidc.shape.clientSecretVersionId,
    description: "The version of the secret. Cognito gets a changed secret only when this changes.",
  },
  {
    path: "pool.resourceServer.identifier",
    field: shape.resourceServer.unwrap().shape.identifier,
    description: "The identifier of the API, which is the prefix of its scopes.",
  },
  {
    path: "pool.preTokenHookArn",
    field: shape.preTokenHookArn,
    description: "The function in the pool's region that may change tokens.",
  },
];
