import type { ConfigInput } from "./schema";

/**
 * Gives a config file its types: `export default defineConfig({ … })`. Nothing is checked before {@link loadConfig}.
 */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}
