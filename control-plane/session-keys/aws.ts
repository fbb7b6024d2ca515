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
import type { Stages } from "../ports";
import { CLIENT_OPTIONS } from "../aws-client-options";

/** On a version that is to become current outside of a rotation; a version without any label may be deleted. */
const NEXT = "EDGEGATE_NEXT";
const STAGES = { current: "AWSCURRENT", previous: "AWSPREVIOUS", pending: "AWSPENDING" } as const;

/** @param secretId ARN of the secret */
export function sessionKeysSecret(secretId: string) {
  const client = new SecretsManagerClient(CLIENT_OPTIONS);
  /** A version's value never changes. */
  const values = new Map<string, SessionKeys>();
  const put = (version: string, keys: SessionKeys, label: string) =>
    client.send(
      new PutSecretValueCommand({
        SecretId: secretId,
        ClientRequestToken: version,
        SecretString: JSON.stringify(keys),
        VersionStages: [label],
      }),
    );
  const secret = {
    async stages(): Promise<Stages> {
      const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId: secretId }));
      const versionWith = (stage: string) =>
        Object.keys(VersionIdsToStages).find((id) => VersionIdsToStages[id]!.includes(stage));
      return {
        current: versionWith(STAGES.current),
        previous: versionWith(STAGES.previous),
        pending: versionWith(STAGES.pending),
      };
    },

    /** @returns undefined for a version that has no value yet */
    async read(version: string): Promise<SessionKeys | undefined> {
      const known = values.get(version);
      if (known) return known;
      try {
        const { SecretString = "" } = await client.send(
          new GetSecretValueCommand({ SecretId: secretId, VersionId: version }),
        );
        const keys = parseSessionKeys(SecretString);
        // Replacing what cannot be read would end every session.
        if (!keys)
          throw new OperationError(
            "the session-keys secret holds something else than session keys; move AWSCURRENT back to the last good version and rotate again",
          );
        values.set(version, keys);
        return keys;
      } catch (error) {
        // Secrets Manager knows the version before it has a value.
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },

    /** Stores a version as AWSPENDING. Repeating it with the same value changes nothing. */
    async putPending(version: string, keys: SessionKeys): Promise<void> {
      // The very first version of a secret gets AWSCURRENT as well, whatever is asked for.
      await put(version, keys, STAGES.pending);
    },

    /** Moves AWSCURRENT. @param from the version that has it; undefined where none does */
    async promote(version: string, from: string | undefined): Promise<void> {
      const move = { MoveToVersionId: version, ...(from !== undefined && { RemoveFromVersionId: from }) };
      await client.send(
        new UpdateSecretVersionStageCommand({ SecretId: secretId, VersionStage: STAGES.current, ...move }),
      );
    },

    /**
     * Stores a version and makes it AWSCURRENT. @returns false, and changes nothing, where `from` is not current any
     * more
     */
    async replaceCurrent(version: string, keys: SessionKeys, from: string): Promise<boolean> {
      await put(version, keys, NEXT);
      try {
        // Refused unless `from` still has the label: so two writers, or one and a rotation, never overwrite each
        // other's keys.
        // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
        await secret.promote(version, from);
        return true;
      } catch (error) {
        if (!(error instanceof InvalidParameterException)) throw error;
        // The SDK may have repeated a call whose answer was lost.
        return (await secret.stages()).current === version;
      }
    },

    /** Takes a staging label from the version that has it. */
    async unlabel(stage: "pending" | "previous", version: string): Promise<void> {
      try {
        await client.send(
          new UpdateSecretVersionStageCommand({
            SecretId: secretId,
            VersionStage: STAGES[stage],
            RemoveFromVersionId: version,
          }),
        );
      } catch (error) {
        if (!(error instanceof InvalidParameterException) || (await secret.stages())[stage] === version) throw error;
      }
    },
  };
  return secret;
}
