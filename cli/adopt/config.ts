/** The config of a gateway for an existing distribution. */
import { HOST } from "../../config/fields";
import type { AttachedConfigInput } from "../../config/schema";
import { pathPatternProblem } from "../../policy/rule";
import { behaviorsOf, type AwsDistribution } from "./distribution";

/** Values that only the owner knows. */
const PROVIDER = { issuer: "https://login.example.com", clientId: "your-client-id" };

/** Hosts that people open; empty if the file names none. */
export function hostsIn({ config, domainName }: AwsDistribution): string[] {
  const hosts = config.Aliases.filter((alias) => HOST.test(alias));
  return hosts.length > 0 || domainName === undefined ? hosts : [domainName];
}

/** @param displaced names of the functions that the gate replaces; the config names a file for the first */
export function configFor(distribution: AwsDistribution, displaced: readonly string[]): AttachedConfigInput {
  const [domain, ...others] = hostsIn(distribution) as [string, ...string[]];
  return {
    name: nameOf(domain),
    domain,
    ...(others.length > 0 && { alternateDomains: others }),
    distribution: distribution.id === undefined ? "existing" : { id: distribution.id },
    identityProviders: { main: PROVIDER },
    ...(displaced.length > 0 && { viewerRequest: { after: { file: `${displaced[0]!}.js` } } }),
    policy: [
      ...new Set(
        behaviorsOf(distribution)
          .filter(({ path }) => path !== "*")
          .map(({ path }) => rulePath(path))
          .filter((path) => path !== undefined),
      ),
      "/**",
    ].map((path) => ({ path, allow: "signed-in" as const })),
  };
}

/** The first label of a host, such as `wiki` for `wiki.example.com`. */
function nameOf(domain: string): string {
  const label = domain
    .split(".")[0]!
    .replace(/[^a-z0-9-]/g, "-")
    .slice(0, 30);
  return /^[a-z]/.test(label) && label !== "www" ? label : "gateway";
}

/** `/api/**` for `/api/*`; undefined for a pattern that no rule can have, which the last rule covers. */
function rulePath(pattern: string): string | undefined {
  const path = (pattern.startsWith("/") ? pattern : `/${pattern}`).replace(/\/\*$/, "/**");
  return pathPatternProblem(path) === undefined && path !== "/**" ? path : undefined;
}

export function configText(config: AttachedConfigInput): string {
  const lines = Object.entries(config).map(([key, value]) =>
    key === "policy"
      ? `  policy: [\n${(value as { path: string }[]).map((rule) => `    { path: ${JSON.stringify(rule.path)}, allow: "signed-in" },\n`).join("")}  ],\n`
      : `  ${key}: ${inline(value)},\n`,
  );
  return `import { defineConfig } from "edgegate";\n\nexport default defineConfig({\n${lines.join("")}});\n`;
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([key, member]) => `${key}: ${inline(member)}`)
    .join(", ")} }`;
}
