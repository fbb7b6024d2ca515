/** `--online`: checks that every identity provider of a config exists, before the config is used. */
import { ConfigError } from "../config/error";
import { issuerOf } from "../config/identity-provider";
import type { Config } from "../config/schema";
import { discover } from "../doctor/identity-provider/discovery";
import type { Finding } from "../doctor/finding";
import { Http } from "../doctor/http";
import type { GlobalOptions } from "./options";
import { printable } from "./printable";
import { withProgress } from "./progress";

/**
 * Checks discovery document, issuer, endpoints and signing keys of each, as `edgegate doctor idp` does.
 *
 * @param source name of the config in the error
 * @returns the findings in words, by the provider's ID in the config
 * @throws ConfigError that lists the problems, and what to write instead
 */
export async function checkOnline(
  config: Config,
  source: string,
  options: GlobalOptions,
): Promise<[id: string, text: string][]> {
  const http = new Http();
  const asked = Object.entries(config.identityProviders).map(async ([id, provider]) => {
    const issuer = issuerOf(provider);
    if (issuer === undefined) return { id, text: "not asked: Terraform makes it", problems: [] };
    const { findings } = await discover({ config, id, provider, issuer, clientId: provider.clientId ?? "", http });
    return {
      id,
      text: [`${issuer} answers`, ...findings.filter(({ status }) => status === "warning").map(inWords)].join("; "),
      problems: findings
        .filter(({ status }) => status === "problem")
        .map((finding) => ({ path: `identityProviders.${id}`, message: inWords(finding) })),
    };
  });
  const found = await withProgress("asking the identity providers", options, () => Promise.all(asked));
  const problems = found.flatMap((each) => each.problems);
  if (problems.length > 0) throw new ConfigError(source, problems);
  return found.map(({ id, text }) => [id, text]);
}

function inWords({ check, seen, fix }: Finding): string {
  return printable(`${check}: ${seen}${fix === undefined ? "" : `; ${fix}`}`);
}
