/**
 * A config with references to a module's variables instead of values. The stack's own code makes the module from it,
 * and handles the references like values.
 */
import { ref, Token } from "cdktf";
import type { Config, Origin } from "../config/schema";
import { originId } from "../stacks/origins/ids";
import { put } from "./nested";
import { MODULE_OPTIONS, type ModuleOption } from "./options";

/** A value of the config that a variable replaces. */
export interface Replaced {
  option: ModuleOption;
  /** Its place in the config, such as `["identityProviders", "main", "issuer"]`. */
  keys: readonly string[];
  /** The module's variable, and the attributes in it: `["identity_providers", "main", "issuer"]`. */
  place: readonly string[];
  value: unknown;
  /** True if the variable has no default. */
  isRequired: boolean;
}

export interface Template {
  config: Config;
  replaced: readonly Replaced[];
}

/**
 * @param unknownIssuers providers whose issuer is a placeholder, so that the module's caller must set it
 * @param fixed paths of options that keep their values, although they could be variables
 */
export function templateOf(
  config: Config,
  { unknownIssuers = [], fixed = [] }: { unknownIssuers?: readonly string[]; fixed?: readonly string[] } = {},
): Template {
  const options = MODULE_OPTIONS.filter(({ path }) => !isFixed(path, config) && !fixed.includes(path));
  const replaced = replacedIn(variablePart(config), options, (keys) => placeOf(keys, config)).map((each) => {
    const [first, id, last] = each.keys;
    const isUnknown = first === "identityProviders" && last === "issuer" && unknownIssuers.includes(id!);
    return isUnknown ? { ...each, isRequired: true } : each;
  });
  return { config: withReferences(config, replaced), replaced };
}

/**
 * The values of a config, or of a part of one, that variables replace.
 *
 * @param placeOf the variable and the attributes in it, by the keys
 */
export function replacedIn(
  source: object,
  options: readonly ModuleOption[],
  placeOf: (keys: readonly string[]) => string[],
): Replaced[] {
  return options.flatMap((option) =>
    placesIn(source, option.path.split(".")).map(({ keys, value }) => ({
      option,
      keys,
      place: placeOf(keys),
      value,
      isRequired: option.required === true || (option.required !== undefined && (value as unknown[]).length > 0),
    })),
  );
}

/** The same, with references to the variables instead of the values. */
export function withReferences<T extends object>(source: T, replaced: readonly Replaced[]): T {
  const template = structuredClone(source);
  for (const each of replaced) put(template, each.keys, tokenFor(each));
  return template;
}

/**
 * Leaves out values from which others are derived. Origin groups are named after digests of their members. A function's
 * permissions follow from account and region in its ARN. The audience of an assertion can follow from the issuer.
 */
function variablePart(config: Config): object {
  const groups = [config.origin ?? [], config.behaviors.map(({ origin }) => origin)]
    .flat()
    .flatMap((origin) => (origin.failover ? [originId(origin), originId(origin.failover.to)] : []));
  const isFree = (origin: Origin) => origin.type !== "lambda-url" && !groups.includes(originId(origin));
  const providers = Object.entries(config.identityProviders).map(([id, { issuer, ...provider }]) => {
    const { clientAuthentication: authentication } = provider;
    const isNeeded = typeof authentication === "object" && authentication.audience === undefined;
    return [id, isNeeded ? provider : { ...provider, issuer }] as const;
  });
  return {
    ...config,
    origin: config.origin && isFree(config.origin) && config.origin,
    behaviors: config.behaviors.map(({ origin }) => isFree(origin) && { origin }),
    identityProviders: Object.fromEntries(providers),
  };
}

/** Hosts with their own zones are fixed. A stack without redirect hosts has no distribution for them. */
function isFixed(path: string, { hostedZones, redirectHosts }: Config): boolean {
  if (path === "redirectHosts" && redirectHosts.length === 0) return true;
  return ["alternateDomains", "redirectHosts"].includes(path) && Object.keys(hostedZones).length > 0;
}

/** Terraform's reference to a value, without `${}`. */
export function referenceTo({ place }: Replaced): string {
  return ["var", ...place].join(".");
}

/** The local that has a duration in seconds. */
export function secondsOf({ place }: Replaced): string {
  return `${place.join("_")}_seconds`;
}

function tokenFor(replaced: Replaced): unknown {
  const { option, value } = replaced;
  if (option.seconds) return Token.asNumber(ref(`local.${secondsOf(replaced)}`));
  const reference = ref(referenceTo(replaced));
  if (Array.isArray(value)) return Token.asList(reference);
  return typeof value === "number" ? Token.asNumber(reference) : Token.asString(reference);
}

/** Every existing place that matches a path with `*`. */
function placesIn(value: unknown, path: readonly string[], keys: string[] = []): { keys: string[]; value: unknown }[] {
  if (value === undefined || value === false) return [];
  const [key, ...rest] = path;
  if (key === undefined) return [{ keys, value }];
  if (typeof value !== "object" || value === null) return [];
  const members = value as Record<string, unknown>;
  return (key === "*" ? Object.keys(members) : [key]).flatMap((name) => placesIn(members[name], rest, [...keys, name]));
}

/**
 * Origins have no IDs in the config; they get those of their behaviors' paths. IDs of the config are kept, and names of
 * options become Terraform's.
 */
function placeOf(keys: readonly string[], config: Config): string[] {
  const [first, second, ...rest] = keys as [string, string | undefined, ...string[]];
  if (first === "origin") return ["origins", "default", ...[second!, ...rest].map(snakeCase)];
  if (first === "behaviors") {
    const { origin } = config.behaviors[Number(second)]!;
    return ["origins", nameOfOrigin(origin, config), ...rest.slice(1).map(snakeCase)];
  }
  const isById = first === "identityProviders" || first === "eventTransmitters";
  return [
    snakeCase(first),
    ...[second ?? [], ...rest].flat().map((key, i) => (isById && i === 0 ? key : snakeCase(key))),
  ];
}

/** Behaviors with the same origin share it, so they share its variable. */
function nameOfOrigin(origin: Origin, config: Config): string {
  if (config.origin && originId(config.origin) === originId(origin)) return "default";
  return nameOfPath(config.behaviors.find((behavior) => originId(behavior.origin) === originId(origin))!.path);
}

/** `/api/v1/*` to `api_v1`. */
export function nameOfPath(path: string): string {
  const words = path.match(/[A-Za-z0-9]+/g) ?? ["all"];
  const name = words.join("_");
  return /^[A-Za-z]/.test(name) ? name : `path_${name}`;
}

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
