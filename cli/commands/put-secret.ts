/**
 * `edgegate secrets put`: stores the client secret or the private keys of the gateway at an identity provider. They are
 * never on the command line.
 */
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { storedSecret } from "../../stacks/client-authentication";
import { clientSecretName } from "../../stacks/names";
import { explain } from "../aws-failures";
import type { Context } from "../context";
import { CommandFailure } from "../failures";
import { facts, type Outcome } from "../output";
import { readPrivateKeys, readSecret } from "../secret-input";

/** @param idp the identity provider's ID in the config */
export async function putSecret({ gateway, options }: Context<{ file?: string }>, idp: string): Promise<Outcome> {
  const { config, isLocal } = gateway;
  const provider = Object.hasOwn(config.identityProviders, idp) ? config.identityProviders[idp] : undefined;
  if (!provider) {
    throw new CommandFailure(
      "usage",
      `the config has no identity provider ${JSON.stringify(idp)}`,
      `write one of ${Object.keys(config.identityProviders).join(", ")}`,
    );
  }
  const content = storedSecret(config, idp);
  if (content === undefined) {
    throw new CommandFailure(
      "usage",
      provider.clientAuthentication === "none"
        ? `${idp} is a public client and has no secret`
        : `${idp} has no secret: its clientAuthentication needs none`,
      'set clientAuthentication to "client_secret_basic" or "client_secret_post", or to "private_key_jwt" without kmsKeys, and deploy first',
    );
  }
  const text =
    content === "client secret"
      ? await readSecret(options.file, `Client secret of ${idp}: `)
      : await readPrivateKeys(options.file);
  const name = clientSecretName(config, idp);
  const client = new SecretsManagerClient(gateway.client);
  try {
    const { VersionId } = await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: text }));
    return {
      json: { secret: name, version: VersionId },
      text:
        `The ${content} of ${idp} ${content === "client secret" ? "is" : "are"} stored\n` +
        facts([
          ["secret", name],
          ["version", VersionId ?? ""],
        ]) +
        "When\n" +
        facts([["within a minute", "the auth handlers use the new value; until then they use the old one"]]) +
        // The local provider got its secret when it started, and accepts no other. It fetches keys.
        (isLocal && content === "client secret"
          ? "Sign-in fails here from then on if the provider expects another secret. Restart edgegate dev to restore the first one\n"
          : ""),
    };
  } catch (error) {
    throw explain(error, {
      action: "secretsmanager:PutSecretValue",
      resource: `secret ${name}`,
      gateway: config.name,
      isLocal,
    });
  } finally {
    client.destroy();
  }
}
