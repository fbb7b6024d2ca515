/** The configs that are planned, and how their plans are read. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig, parseConfig } from "../../../config/load";
import type { Config } from "../../../config/schema";
import { EVERYTHING } from "../../support/configs";
import type { Plan, PlannedResource } from "../../support/terraform";

const ROOT = join(__dirname, "../../..");
export const CONFIGS = {
  example: () => loadConfig(join(ROOT, "config/example.ts")),
  minimal: () => loadConfig(join(ROOT, "examples/minimal.ts")),
  everything: () => parseConfig(EVERYTHING),
  issued: () => parseConfig({ ...EVERYTHING, certificateArn: undefined }),
  local: () =>
    parseConfig({
      ...EVERYTHING,
      domain: "app.localhost:8443",
      alternateDomains: [],
      hostedZoneId: undefined,
      hostedZones: {},
      identityProviders: Object.fromEntries(
        Object.entries(EVERYTHING.identityProviders).map(([id, provider]) => [
          id,
          { ...provider, roles: { grant: [] }, offeredAt: undefined },
        ]),
      ),
      policy: [{ path: "/**", allow: "signed-in" }],
      requirements: {},
      accessDenied: undefined,
      accessTokens: {},
      tests: [],
      signInHook: { ...EVERYTHING.signInHook, grant: [] },
      maintenance: {},
    }),
} satisfies Record<string, () => Config>;
export type Name = keyof typeof CONFIGS;
export const NAMES = Object.keys(CONFIGS) as Name[];

export type Values = Record<string, unknown>;

/** Reads the plans, which are there once the tests run. */
export interface Planned {
  plan(name: Name): Plan;
  /** Every planned resource of a type. */
  all(name: Name, type: string): PlannedResource[];
  /** The values of the only resource of a type, or of that name. */
  one(name: Name, type: string, resourceName?: string): Values;
  /** The expressions of the first resource of a type, as they are written. */
  configuration(name: Name, type: string): Values;
  /** The resources of a type as the synth writes them, by name. */
  synthesized(name: Name, type: string): Record<string, Values>;
}

/** @param stackDir the folder of a synthesized stack */
export function planned(plan: (name: Name) => Plan, stackDir: (name: Name) => string): Planned {
  const all = (name: Name, type: string) => plan(name).resources.filter((resource) => resource.type === type);
  const one = (name: Name, type: string, resourceName?: string): Values => {
    const found = all(name, type).filter((resource) => resourceName === undefined || resource.name === resourceName);
    expect(found.map(({ address }) => address)).toHaveLength(1);
    return found[0]!.values as Values;
  };
  const configuration = (name: Name, type: string): Values => {
    const { configuration } = JSON.parse(plan(name).json) as {
      configuration: { root_module: { resources: (PlannedResource & { expressions: Values })[] } };
    };
    return configuration.root_module.resources.find((resource) => resource.type === type)!.expressions;
  };
  const synthesized = (name: Name, type: string) =>
    (
      JSON.parse(readFileSync(join(stackDir(name), "cdk.tf.json"), "utf8")) as {
        resource: Record<string, Record<string, Values>>;
      }
    ).resource[type]!;
  return { plan, all, one, configuration, synthesized };
}

/** The addresses that an expression refers to. */
export function references(expression: unknown): string[] {
  return (expression as { references?: string[] } | undefined)?.references ?? [];
}
