/** The secret with the session keys, and every key that was ever in it: no log may hold one. */
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import type { SessionKeys } from "../../../session/keys";
import { CREDENTIALS } from "./credentials";

/** The token key in a key's record. */
const TOKEN_KEY = /^[\w-]{43}/;

export interface SessionKeysSecret {
  id: string;
  keys(stage?: string): Promise<SessionKeys>;
  putKeys(keys: SessionKeys): Promise<void>;
  /** Staging labels by version id. */
  labels(): Promise<Record<string, string[]>>;
  /** Notes the keys that there are now. */
  note(): Promise<void>;
  /** How many of the keys that were noted are in a text. */
  leaksIn(text: string): number;
  close(): void;
}

/** @param store records of the KeyValueStore, some of which hold token keys */
export async function createSessionKeysSecret(
  moto: string,
  name: string,
  store: { records: Record<string, string> },
): Promise<SessionKeysSecret> {
  const secrets = new SecretsManagerClient({ endpoint: moto, ...CREDENTIALS });
  const { ARN: secretId } = await secrets.send(new CreateSecretCommand({ Name: name }));
  const seen = new Set<string>();
  /** Versions of the secret whose keys are among them. */
  const notedVersions = new Set<string>();
  async function labels(): Promise<Record<string, string[]>> {
    return (await secrets.send(new DescribeSecretCommand({ SecretId: secretId }))).VersionIdsToStages ?? {};
  }
  async function keys(stage = "AWSCURRENT"): Promise<SessionKeys> {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretId, VersionStage: stage }));
    return JSON.parse(SecretString!) as SessionKeys;
  }
  /** Master keys, and token keys. */
  async function note(): Promise<void> {
    for (const version of Object.keys(await labels()).filter((one) => !notedVersions.has(one))) {
      const { SecretString = "" } = await secrets
        .send(new GetSecretValueCommand({ SecretId: secretId, VersionId: version }))
        .catch(() => ({ SecretString: "" }));
      if (SecretString) notedVersions.add(version);
      if (SecretString) for (const key of Object.values((JSON.parse(SecretString) as SessionKeys).keys)) seen.add(key);
    }
    for (const [record, value] of Object.entries(store.records))
      if (record.startsWith("key.")) seen.add(TOKEN_KEY.exec(value)![0]);
  }

  return {
    id: secretId!,
    keys,
    async putKeys(value) {
      await secrets.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: JSON.stringify(value) }));
      await note();
    },
    labels,
    note,
    leaksIn: (text) => [...seen].filter((key) => text.includes(key)).length,
    close: () => secrets.destroy(),
  };
}
