/** The session-keys secret in Secrets Manager. */
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { parseSessionKeys, type SessionKeys } from "../../session/keys";
import { OperationError } from "../errors";
import type { SessionKeysSecret, Stages } from "../ports";
import { CLIENT_OPTIONS } from "../aws-client-options";

/** On a version that is to become current outside of a rotation; a version without any label may be deleted. */
const NEXT = "EDGEGATE_NEXT";
const STAGES = { current: "AWSCURRENT", previous: "AWSPREVIOUS", pending: "AWSPENDING" } as const;

/** @param secretId ARN of the secret */
export function sessionKeysSecret(secretId: string): SessionKeysSecret {
  const client = new SecretsManagerClient(CLIENT_OPTIONS);
  /** A version's value never changes. */
  const values = new Map<string, SessionKeys>();
  return {
    async stages() {
      const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId: secretId }));
      const labelled = Object.entries(STAGES).flatMap(([name, stage]) => {
        const version = Object.keys(VersionIdsToStages).find((id) => VersionIdsToStages[id]!.includes(stage));
        return version === undefined ? [] : [[name, version]];
      });
      return Object.fromEntries(labelled) as Stages;
    },

    async read(version) {
      const known = values.get(version);
      if (known) return known;
      try {
        const { SecretString = "" } = await client.send(new GetSecretValueCommand({ SecretId: secretId, VersionId: version }));
        const keys = parseSessionKeys(SecretString);
        // Replacing what cannot be read would end every session.
        if (!keys) throw new OperationError("the session-keys secret holds something else than session keys; move AWSCURRENT back to the last good version and rotate again");
        values.set(version, keys);
        return keys;
      } catch (error) {
        // Secrets Manager knows the version before it has a value.
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },

    async putPending(version, keys) {
      const input = { SecretId: secretId, ClientRequestToken: version, SecretString: JSON.stringify(keys), VersionStages: [STAGES.pending] };
      // The very first version of a secret gets AWSCURRENT as well, whatever is asked for.
      await client.send(new PutSecretValueCommand(input));
    },

    async promote(version, from) {
      const move = { MoveToVersionId: version, ...(from !== undefined && { RemoveFromVersionId: from }) };
      await client.send(new UpdateSecretVersionStageCommand({ SecretId: secretId, VersionStage: STAGES.current, ...move }));
    },

    async replaceCurrent(version, keys, from) {
      await client.send(
        new PutSecretValueCommand({ SecretId: secretId, ClientRequestToken: version, SecretString: JSON.stringify(keys), VersionStages: [NEXT] }),
      );
      try {
        // Refused unless `from` still has the label: so two writers, or one and a rotation, never overwrite each other's keys.
        // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
        await this.promote(version, from);
        return true;
      } catch (error) {
        if (!(error instanceof InvalidParameterException)) throw error;
        // The SDK may have repeated a call whose answer was lost.
        return (await this.stages()).current === version;
      }
    },

    async unlabel(stage, version) {
      try {
        await client.send(new UpdateSecretVersionStageCommand({ SecretId: secretId, VersionStage: STAGES[stage], RemoveFromVersionId: version }));
      } catch (error) {
        if (!(error instanceof InvalidParameterException) || (await this.stages())[stage] === version) throw error;
      }
    },
  };
}
