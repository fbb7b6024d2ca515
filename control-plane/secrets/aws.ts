/** A secret in Secrets Manager, version by version. */
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { formatAssertionKeys, parseAssertionKeys } from "../../session/assertion-keys";
import { parseSessionKeys, type SessionKeys } from "../../session/keys";
import { parseOriginSecret, type OriginSecret } from "../../session/origin-secret";
import { OperationError } from "../errors";
import type { VersionedSecret } from "../ports";
import { CLIENT_OPTIONS } from "../aws-client-options";

/**
 * Label of a version that becomes current outside of a rotation; Secrets Manager may delete a version without a label.
 */
const NEXT = "EDGEGATE_NEXT";
const STAGES = { current: "AWSCURRENT", previous: "AWSPREVIOUS", pending: "AWSPENDING" } as const;

/** @param secretId ARN of the secret */
export function sessionKeysSecret(secretId: string): VersionedSecret<SessionKeys> {
  return versionedSecret(secretId, parseSessionKeys, "the session-keys secret does not contain session keys");
}

/** @param secretId ARN of the secret */
export function originSecret(secretId: string): VersionedSecret<OriginSecret> {
  return versionedSecret(secretId, parseOriginSecret, "the origin secret does not contain two values");
}

/** Like an origin secret, but its value is a JWK set. @param secretId ARN of the secret */
export function assertionKeys(secretId: string): VersionedSecret<OriginSecret> {
  const parse = (text: string) => {
    const accepted = parseAssertionKeys(text);
    return accepted && { accepted };
  };
  const problem = "the secret with the keys of assertions does not contain two keys";
  return versionedSecret(secretId, parse, problem, ({ accepted }) => formatAssertionKeys(accepted));
}

/**
 * @param parse returns undefined for a text that is no value
 * @param problem the error message for such a text
 * @param format the text of a value
 */
function versionedSecret<Value>(
  secretId: string,
  parse: (text: string) => Value | undefined,
  problem: string,
  format: (value: Value) => string = JSON.stringify,
): VersionedSecret<Value> {
  const client = new SecretsManagerClient(CLIENT_OPTIONS);
  const values = new Map<string, Value>();
  const put = (version: string, value: Value, label: string) =>
    client.send(
      new PutSecretValueCommand({
        SecretId: secretId,
        ClientRequestToken: version,
        SecretString: format(value),
        VersionStages: [label],
      }),
    );
  const moveLabel = async (label: string, from: string | undefined, to?: string): Promise<void> => {
    const versions = { RemoveFromVersionId: from, MoveToVersionId: to };
    await client.send(new UpdateSecretVersionStageCommand({ SecretId: secretId, VersionStage: label, ...versions }));
  };
  const secret: VersionedSecret<Value> = {
    async stages() {
      const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId: secretId }));
      const versionWith = (stage: string) =>
        Object.keys(VersionIdsToStages).find((id) => VersionIdsToStages[id]!.includes(stage));
      return {
        current: versionWith(STAGES.current),
        previous: versionWith(STAGES.previous),
        pending: versionWith(STAGES.pending),
      };
    },

    async rotation() {
      // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
      const { RotationEnabled = false, LastRotatedDate } = await client.send(
        new DescribeSecretCommand({ SecretId: secretId }),
      );
      return { isOn: RotationEnabled, last: LastRotatedDate && Math.floor(LastRotatedDate.getTime() / 1000) };
    },

    async read(version) {
      const known = values.get(version);
      if (known) return known;
      try {
        const { SecretString = "" } = await client.send(
          new GetSecretValueCommand({ SecretId: secretId, VersionId: version }),
        );
        const value = parse(SecretString);
        // Continuing without keys would end every session.
        if (!value)
          throw new OperationError(`${problem}; move AWSCURRENT back to the last good version and rotate again`);
        values.set(version, value);
        return value;
      } catch (error) {
        // Secrets Manager lists a version before it has a value.
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },

    async putPending(version, value) {
      // The first version of a secret also gets AWSCURRENT, in addition to the requested label.
      await put(version, value, STAGES.pending);
    },

    promote: (version, from) => moveLabel(STAGES.current, from, version),

    async replaceCurrent(version, value, from) {
      await put(version, value, NEXT);
      try {
        // Refused unless `from` still has the label, so that concurrent writers never overwrite each other's values.
        // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
        await secret.promote(version, from);
        return true;
      } catch (error) {
        if (!(error instanceof InvalidParameterException)) throw error;
        // The SDK may have retried a call that had succeeded.
        return (await secret.stages()).current === version;
      }
    },

    async unlabel(stage, version) {
      try {
        await moveLabel(STAGES[stage], version);
      } catch (error) {
        if (!(error instanceof InvalidParameterException) || (await secret.stages())[stage] === version) throw error;
      }
    },
  };
  return secret;
}
