/** `edgegate secrets put`: stores an identity provider's client secret. The secret is never on the command line. */
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { clientSecretName } from "../../stacks/names";
import { explain } from "../aws-failures";
import type { Context } from "../context";
import { CommandFailure } from "../failures";
import { facts, type Outcome } from "../output";
import { readSecret } from "../secret-input";

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
  if (provider.clientAuthentication === "none") {
    throw new CommandFailure(
      "usage",
      `${idp} is a public client and has no secret`,
      'set clientAuthentication to "client_secret_basic" or "client_secret_post" and deploy first',
    );
  }
  const text = await readSecret(options.file, `Client secret of ${idp}: `);
  const name = clientSecretName(config, idp);
  const client = new SecretsManagerClient(gateway.client);
  try {
    const { VersionId } = await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: text }));
    return {
      json: { secret: name, version: VersionId },
      text:
        `The client secret of ${idp} is stored\n` +
        facts([
          ["secret", name],
          ["version", VersionId ?? ""],
        ]) +
        "When\n" +
        facts([["within a minute", "the auth handlers use it; until then they use the previous one"]]) +
        // The local provider got its secret when it started, and accepts no other.
        (isLocal
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
