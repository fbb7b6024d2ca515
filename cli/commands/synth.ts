/** `edgegate synth`: checks the config, then writes the Terraform configuration. The CDKTF CLI runs it, too. */
import { relative, resolve } from "node:path";
import { isAttached } from "../../config/distribution";
import { ConfigError } from "../../config/error";
import { loadConfig } from "../../config/load";
import { otherNames } from "../../config/other-names";
import type { Config } from "../../config/schema";
import { functionNotes } from "../../config/viewer-request";
import { postLogoutRedirectUris, redirectUris } from "../../stacks/endpoint-urls";
import { cdktfCommand, configFile } from "../config-file";
import { configFacts } from "../config-text";
import type { GlobalOptions } from "../options";
import { facts, type Outcome } from "../output";

export interface SynthOptions extends GlobalOptions {
  online?: boolean;
  requireState?: boolean;
}

export async function synth(options: SynthOptions): Promise<Outcome> {
  const file = configFile(options);
  const config = loadConfig(file);
  if (options.requireState && config.state === undefined)
    throw new ConfigError(file, [
      {
        path: "state",
        message: 'write the bucket of Terraform\'s state, as in state: { bucket: "wiki-state", region: "us-east-1" }',
      },
    ]);
  const online = options.online ? await (await import("../online")).checkOnline(config, file, options) : [];
  const notes = [...otherNames(config), ...functionNotes(config)];
  // Loading takes a second. Mistakes in the config are reported before that.
  const { synthesize } = await import("../../stacks/synthesize");
  // The CDKTF CLI sets this to the folder that it reads.
  const outdir = process.env["CDKTF_OUTDIR"] ?? "cdktf.out";
  const { stackDir, stackName, identityStacks } = synthesize(config, { outdir });
  return {
    json: {
      stackName,
      stackDir: resolve(stackDir),
      identityStacks,
      redirectUris: redirectUris(config),
      postLogoutRedirectUris: postLogoutRedirectUris(config),
      notes,
    },
    text:
      `Synthesized the gateway "${stackName}"\n` +
      facts([
        ["config", relative("", file)],
        ...configFacts(config),
        ...online.map(([id, text]): [string, string] => ["online", `${id}: ${text}`]),
        ["written", relative("", stackDir)],
        ...identityStacks.map((name): [string, string] => ["with", `the stack ${name}`]),
        ["next", `${cdktfCommand(file)} deploy ${[...identityStacks, stackName].join(" ")}`],
        ...(isAttached(config)
          ? [["then", "put its outputs into your distribution: docs/attach.md"] as [string, string]]
          : []),
      ]) +
      toRegister(config) +
      (notes.length > 0 ? `Notes\n${facts(notes.map(({ path, message }) => [path, message]))}` : ""),
  };
}

/** The sign-in fails until the identity provider knows these. Terraform registers them where it makes the client. */
function toRegister(config: Config): string {
  const ids = Object.entries(config.identityProviders).flatMap(([id, { app, pool }]) => (app || pool ? [] : [id]));
  const uris = redirectUris(config);
  const lines = (name: string, values: readonly string[]) => values.map((uri): [string, string] => [name, uri]);
  return ids
    .map(
      (id) =>
        `Before you deploy, register at the identity provider "${id}"\n` +
        facts([
          ...lines("redirect URI", uris[id]!),
          ...lines("post-logout redirect URI", postLogoutRedirectUris(config)),
        ]),
    )
    .join("");
}
