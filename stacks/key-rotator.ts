import type { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretRotation } from "@cdktf/provider-aws/lib/secretsmanager-secret-rotation";
import { AssetType, TerraformAsset, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import { KEY_ANNOUNCEMENT, PROPAGATION } from "../session/timing";
import { ControlPlaneFunction } from "./control-plane-function";
import {
  keysReading,
  keysWriting,
  revocationsAccess,
  sharedSecretAccess,
  storeAccess,
} from "./control-plane-permissions";
import { accountOf } from "./arn";
import { keyUse } from "./iam";
import type { Ledger } from "./ledger";
import { keyRotatorFunctionName } from "./names";
import type { SessionStore } from "./session-store";

/**
 * Seconds. While Secrets Manager is down, handlers sign with an old copy of the keys for up to a day. One more hour
 * allows for clock differences.
 */
const RETENTION_MARGIN = 25 * 3600;

/** Seconds for which a retired key is kept: by then, every session that it may have signed has ended. */
export function keyRetention({ session }: Config): number {
  return session.absolute + RETENTION_MARGIN;
}

export interface KeyRotatorProps {
  config: Config;
  /** Path of the function's zip. */
  zip: string;
  /** The session-keys secret. */
  secret: SecretsmanagerSecret;
  /** The origin secret; undefined if no server gets it. */
  originSecret: SecretsmanagerSecret | undefined;
  /** The secret with the keys of assertions; undefined if no server gets them. */
  assertionKeys: SecretsmanagerSecret | undefined;
  store: SessionStore;
  ledger: Ledger;
}

/**
 * Makes the session keys, and puts each into the store before it signs. The first one is made right after the apply
 * that creates the rotator. Secrets Manager calls it:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html
 */
export class KeyRotator extends Construct {
  /** The first rotations: they make the first key, and the first values that servers share with the gate. */
  readonly schedules: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: KeyRotatorProps) {
    super(scope, id);
    const { config, zip, secret, originSecret, assertionKeys, store, ledger } = props;
    const { session } = config;
    const rotator = new ControlPlaneFunction(this, "Resource", {
      config,
      functionName: keyRotatorFunctionName(config),
      description: `Rotates the session keys of ${config.name}`,
      zip: new TerraformAsset(this, "zip", { path: zip, type: AssetType.FILE }),
      permissions: [
        keysReading(secret),
        keysWriting(secret),
        ...(originSecret ? [sharedSecretAccess("OriginSecret", originSecret)] : []),
        ...(assertionKeys ? [sharedSecretAccess("AssertionKeys", assertionKeys)] : []),
        storeAccess(store),
        revocationsAccess(ledger),
        ...keyUse(config, ["dynamodb", "secretsmanager"]),
      ],
      environment: {
        KEY_VALUE_STORE_ARN: store.arn,
        REVOCATIONS_TABLE: ledger.revocations.name,
        KEY_RETENTION_SECONDS: String(keyRetention(config)),
        PROPAGATION_SECONDS: String(PROPAGATION),
        KEY_ANNOUNCEMENT_SECONDS: String(KEY_ANNOUNCEMENT),
        TOKEN_SECONDS: String(session.token),
        ...(originSecret && { ORIGIN_SECRET_ARN: originSecret.arn }),
        ...(assertionKeys && { ASSERTION_KEYS_ARN: assertionKeys.arn }),
      },
      // The longest step waits for every handler to know the new key; the remaining time is for conflicts with other
      // writers of the store.
      timeout: 900,
      // Secrets Manager runs one rotation of a secret at a time, and repeats a step that did not answer.
      concurrency: [secret, originSecret, assertionKeys].filter(Boolean).length,
    });
    const invocation = rotator.allowInvocation("invocation", {
      statementId: "SecretsManager",
      principal: "secretsmanager.amazonaws.com",
      // Other accounts' secrets must not rotate through this function
      // (https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html).
      sourceAccount: accountOf(secret.arn),
    });
    const schedule = (id: string, { id: secretId }: SecretsmanagerSecret, automaticallyAfterDays: number) =>
      new SecretsmanagerSecretRotation(this, id, {
        secretId,
        rotationLambdaArn: rotator.arn,
        // Also makes the first value: until then, the secret has no version.
        rotateImmediately: true,
        rotationRules: { automaticallyAfterDays },
        dependsOn: [invocation],
      });
    this.schedules = [
      schedule("schedule", secret, session.keyRotationDays),
      ...(originSecret ? [schedule("origin_schedule", originSecret, config.originSecret.rotationDays)] : []),
      ...(assertionKeys ? [schedule("assertion_schedule", assertionKeys, config.assertion!.rotationDays)] : []),
    ];
  }
}
