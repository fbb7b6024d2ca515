import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { Construct } from "constructs";
import { usesOriginSecret } from "../config/origins/protection";
import type { Config } from "../config/schema";
import { storedSecret } from "./client-authentication";
import { ClientSecret } from "./client-secret";
import {
  assertionKeysName,
  clientSecretName,
  originSecretName,
  secretRecoveryDays,
  sessionKeysSecretName,
} from "./names";

/**
 * The secrets that the auth handler reads. Terraform creates them without values; no value is ever in a plan or in
 * state.
 *
 * Session keys, origin secret and the keys of assertions get no version here: the key rotator also writes the first one, together with its
 * record in the store.
 */
export class Secrets extends Construct {
  /** Names of all secrets that the handler reads. */
  readonly names: string[];
  /** Names of the secrets that need a value. */
  readonly namesToFill: string[];
  readonly sessionKeys: SecretsmanagerSecret;
  /** Undefined if no server gets it. */
  readonly origin: SecretsmanagerSecret | undefined;
  /** Undefined if no server gets assertions. */
  readonly assertion: SecretsmanagerSecret | undefined;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    const stored = Object.keys(config.identityProviders).flatMap((provider) => {
      const content = storedSecret(config, provider);
      return content ? [{ provider, content }] : [];
    });
    this.sessionKeys = new SecretsmanagerSecret(this, "session_keys", {
      name: sessionKeysSecretName(config),
      description: `Master keys of the sessions of ${config.name}`,
      recoveryWindowInDays: secretRecoveryDays(config),
      lifecycle: { preventDestroy: config.deletionProtection },
      ...(config.kmsKeyArn !== undefined && { kmsKeyId: config.kmsKeyArn }),
    });
    this.origin = usesOriginSecret(config)
      ? new SecretsmanagerSecret(this, "origin", {
          name: originSecretName(config),
          description: `By which servers know the requests of ${config.name}`,
          recoveryWindowInDays: secretRecoveryDays(config),
          ...(config.kmsKeyArn !== undefined && { kmsKeyId: config.kmsKeyArn }),
        })
      : undefined;
    this.assertion = config.assertion
      ? new SecretsmanagerSecret(this, "assertion", {
          name: assertionKeysName(config),
          description: `With which servers verify the assertions of ${config.name}`,
          recoveryWindowInDays: secretRecoveryDays(config),
          ...(config.kmsKeyArn !== undefined && { kmsKeyId: config.kmsKeyArn }),
        })
      : undefined;
    for (const each of stored) new ClientSecret(this, `idp_${each.provider}`, { config, ...each });
    this.namesToFill = stored.map(({ provider }) => clientSecretName(config, provider));
    this.names = [sessionKeysSecretName(config), ...this.namesToFill];
  }
}
