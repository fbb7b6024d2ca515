/**
 * The options that are variables of a module. A module has only those that the exported config has. The export fixes
 * everything else.
 */
import type { z } from "zod";
import { customOrigin } from "../config/origins/custom";
import { host, HOST, LOCAL_HOST } from "../config/fields";
import { identityProvider } from "../config/identity-provider";
import { configSchema } from "../config/schema";
import { theme } from "../config/theme";

export interface ModuleOption {
  /** Keys from the config's root; `*` stands for any ID or position. */
  path: string;
  description: string;
  /**
   * A variable without a default: two gateways must not share the value by accident. `if given`: an empty list has a
   * default.
   */
  required?: true | "if given";
  /** The form of a value, if the config's schema has it as a pattern, a range or a list of values. */
  field: z.ZodType;
  /** The same as a Terraform condition, if the schema has it as code. @param value the reference */
  condition?: (value: string) => string;
  /** Several conditions, each with a value for which the schema has the message. */
  conditions?: readonly { holds: (value: string) => string; wrong: unknown }[];
  /** A duration, such as "8h". Its limits are in seconds; by default, its unit is one of `smhd`. */
  seconds?: { min: number; max: number; units?: string };
}

const { shape } = configSchema;
const provider = identityProvider.shape;
const transmitter = shape.eventTransmitters.unwrap().valueType.shape;
const session = shape.session.unwrap().shape;
const iam = shape.iam.unwrap().shape;

/** Also accepts an address on this machine, for `edgegate dev --module`. */
export const isHost = (value: string) =>
  `can(regex("${[HOST, LOCAL_HOST].map(({ source }) => source.replaceAll("\\", "\\\\")).join("|")}", ${value}))`;
export const areHosts = (value: string) => `alltrue([for host in ${value} : ${isHost("host")}])`;

export const MODULE_OPTIONS: readonly ModuleOption[] = [
  { path: "name", required: true, field: shape.name, description: "Prefix of every resource name." },
  {
    path: "domain",
    required: true,
    field: shape.domain,
    condition: isHost,
    description: "The host name that people open.",
  },
  {
    path: "alternateDomains",
    required: "if given",
    field: host,
    condition: areHosts,
    description: "Additional host names. Any other host gets a 421.",
  },
  {
    path: "redirectHosts",
    required: true,
    field: host,
    condition: (value) => `length(${value}) > 0 && ${areHosts(value)}`,
    description: "Hosts that only redirect to `domain`, with path and query.",
  },
  {
    path: "certificateArn",
    field: shape.certificateArn,
    description: "An issued certificate in us-east-1 that covers all domains.",
  },
  {
    path: "hostedZoneId",
    field: shape.hostedZoneId,
    description: "The Route 53 zone for the alias records and, if needed, the certificate's validation records.",
  },
  {
    path: "identityProviders.*.issuer",
    field: provider.issuer,
    condition: (value) => `can(regex("^https://[^?#]+$", ${value}))`,
    description: "The issuer, exactly as in the discovery document.",
  },
  {
    path: "identityProviders.*.clientId",
    required: true,
    field: provider.clientId,
    description: "The gateway's client ID at the provider.",
  },
  { path: "identityProviders.*.label", field: provider.label, description: "The name shown where people choose." },
  {
    path: "eventTransmitters.*.issuer",
    field: transmitter.issuer,
    condition: (value) => `can(regex("^https://", ${value}))`,
    description: "The issuer, exactly as in the transmitter's tokens.",
  },
  {
    path: "eventTransmitters.*.audience",
    field: transmitter.audience,
    description: "The value that its tokens must have as `aud`.",
  },
  {
    path: "eventTransmitters.*.jwksUri",
    field: transmitter.jwksUri,
    condition: (value) => `can(regex("^https://", ${value}))`,
    description: "The address of its keys.",
  },
  ...(["origin", "behaviors.*.origin"] as const).map((path) => ({
    path: `${path}.domainName`,
    required: true as const,
    field: customOrigin.shape.domainName,
    condition: isHost,
    description: "The server's host name.",
  })),
  {
    path: "session.absolute",
    field: session.absolute,
    seconds: { min: 300, max: 30 * 86_400 },
    description: "Time from sign-in to the end of the session, regardless of activity.",
  },
  {
    path: "session.idle",
    field: session.idle,
    seconds: { min: 300, max: 30 * 86_400 },
    description: "The session ends after this long without a renewal.",
  },
  {
    path: "session.token",
    field: session.token,
    seconds: { min: 60, max: 3_600 },
    description: "Lifetime of a token before it has to be renewed.",
  },
  {
    path: "session.onReuse",
    field: session.onReuse,
    description: "What happens if a used refresh cookie comes again.",
  },
  { path: "session.keyRotationDays", field: session.keyRotationDays, description: "Days between key rotations." },
  { path: "theme.productName", field: theme.shape.productName, description: "The name that people know the site by." },
  {
    path: "logRetentionDays",
    field: shape.logRetentionDays,
    description: "Days for which CloudWatch keeps the logs.",
  },
  { path: "accessLogBucketArn", field: shape.accessLogBucketArn, description: "The bucket for the access logs." },
  { path: "logKmsKeyArn", field: shape.logKmsKeyArn, description: "A key in us-east-1 for the log groups there." },
  {
    path: "kmsKeyArn",
    field: shape.kmsKeyArn,
    description: "A key in us-east-1 for secrets, ledger, queues and topic.",
  },
  { path: "alarmTopicArn", field: shape.alarmTopicArn, description: "An SNS topic in us-east-1 that alarms notify." },
  {
    path: "iam.permissionsBoundaryArn",
    field: iam.permissionsBoundaryArn,
    description: "A managed policy that bounds what the functions' roles can ever do.",
  },
  { path: "iam.rolePath", field: iam.rolePath, description: "The path of the functions' roles." },
  { path: "iam.roleNamePrefix", field: iam.roleNamePrefix, description: "In front of the roles' names." },
];
