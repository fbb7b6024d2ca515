/**
 * Secrets Manager with versions, staging labels and rotation.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html
 */
import { randomUUID } from "node:crypto";
import { failure, success, type Answer, type Input, type Targets } from "./answer";
import type { Functions } from "./functions";

const CURRENT = "AWSCURRENT";
const PREVIOUS = "AWSPREVIOUS";
const PENDING = "AWSPENDING";
/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html */
const STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"];
/** Secrets Manager ends each ARN with a hyphen and six characters. */
const ARN = /^arn:aws:secretsmanager:us-east-1:\d{12}:secret:(.+)-[A-Za-z0-9]{6}$/;

interface Version {
  /** Absent from the start of a rotation until its first step. */
  text?: string;
  labels: Set<string>;
}

interface Secret {
  versions: Map<string, Version>;
  /** Unix seconds. */
  rotatedAt?: number;
}

/** Name to current text. Setting a text makes a new version of the secret, as PutSecretValue does. */
export class Secrets extends Map<string, string> {
  // No initializer of a field: the constructor of Map runs before it.
  readonly #secrets = new Map<string, Secret>();

  /** A secret without a version, as Terraform leaves it. */
  declare(name: string): Secret {
    const secret = this.#secrets.get(name) ?? { versions: new Map() };
    this.#secrets.set(name, secret);
    return secret;
  }

  secret(name: string): Secret | undefined {
    return this.#secrets.get(name);
  }

  override set(name: string, text: string): this {
    const id = randomUUID();
    this.declare(name).versions.set(id, { text, labels: new Set() });
    this.label(name, CURRENT, id);
    return this;
  }

  override delete(name: string): boolean {
    super.delete(name);
    return this.#secrets.delete(name);
  }

  override clear(): void {
    super.clear();
    this.#secrets.clear();
  }

  /** Moves a staging label. The version that loses AWSCURRENT gets AWSPREVIOUS. */
  label(name: string, label: string, version: string | undefined): void {
    const { versions } = this.declare(name);
    const [from] = [...versions].find(([, { labels }]) => labels.has(label)) ?? [];
    if (from === version) return;
    if (from !== undefined) versions.get(from)!.labels.delete(label);
    if (version !== undefined) versions.get(version)!.labels.add(label);
    if (label !== CURRENT) return;
    if (from !== undefined) this.label(name, PREVIOUS, from);
    super.set(name, versions.get(version!)!.text!);
  }
}

interface Rotation {
  functions: Functions;
  /** Name of a secret to name of the function that rotates it. */
  rotators: ReadonlyMap<string, string>;
}

export interface SecretsManager {
  targets: Targets;
  /** Runs a whole rotation. @throws Error that the rotator threw */
  rotate(name: string): Promise<void>;
}

export function secretsManager(secrets: Secrets, { functions, rotators }: Rotation): SecretsManager {
  const rotating = new Set<string>();

  /** An operation on an existing secret. */
  const of =
    (operation: (name: string, secret: Secret, input: Input) => Answer) =>
    (input: Input): Answer => {
      const id = String(input["SecretId"]);
      const name = ARN.exec(id)?.[1] ?? id;
      const secret = secrets.secret(name);
      return secret ? operation(name, secret, input) : notFound();
    };

  async function rotate(name: string, version: string = randomUUID()): Promise<void> {
    const { versions } = secrets.declare(name);
    const run = functions.get(rotators.get(name)!)!;
    if (!versions.has(version)) {
      versions.set(version, { labels: new Set() });
      secrets.label(name, PENDING, version);
    }
    rotating.add(name);
    try {
      for (const Step of STEPS)
        await run({ Step, SecretId: secretArn(name), ClientRequestToken: version, RotationToken: randomUUID() });
      secrets.declare(name).rotatedAt = Math.floor(Date.now() / 1000);
    } finally {
      rotating.delete(name);
    }
  }

  const targets: Targets = {
    "secretsmanager.DescribeSecret": of((name, { versions, rotatedAt }) => {
      const labelled = [...versions]
        .filter(([, { labels }]) => labels.size > 0)
        .map(([id, { labels }]) => [id, [...labels]]);
      const VersionIdsToStages =
        labelled.length > 0 ? { VersionIdsToStages: Object.fromEntries(labelled) as object } : {};
      return success({
        ARN: secretArn(name),
        Name: name,
        ...(rotators.has(name) && { RotationEnabled: true, LastRotatedDate: rotatedAt }),
        ...VersionIdsToStages,
      });
    }),

    "secretsmanager.GetSecretValue": of((name, { versions }, { VersionId, VersionStage }) => {
      const label = typeof VersionStage === "string" ? VersionStage : VersionId === undefined ? CURRENT : undefined;
      const found = [...versions].find(
        ([id, { labels }]) =>
          (VersionId === undefined || VersionId === id) && (label === undefined || labels.has(label)),
      );
      if (found?.[1].text === undefined) return notFound();
      const [id, { text, labels }] = found;
      return success({
        ARN: secretArn(name),
        Name: name,
        VersionId: id,
        SecretString: text,
        VersionStages: [...labels],
      });
    }),

    "secretsmanager.PutSecretValue": of(
      (name, { versions }, { ClientRequestToken, SecretString, VersionStages = [CURRENT] }) => {
        const [id, text] = [String(ClientRequestToken), String(SecretString)];
        const made = versions.get(id);
        if (made?.text !== undefined && made.text !== text) return failure("ResourceExistsException");
        const isFirst = ![...versions.values()].some((version) => version.text !== undefined);
        if (made?.text === undefined) {
          versions.set(id, { text, labels: made?.labels ?? new Set() });
          for (const label of new Set([...(VersionStages as string[]), ...(isFirst ? [CURRENT] : [])]))
            secrets.label(name, label, id);
        }
        return success({
          ARN: secretArn(name),
          Name: name,
          VersionId: id,
          VersionStages: [...versions.get(id)!.labels],
        });
      },
    ),

    "secretsmanager.UpdateSecretVersionStage": of(
      (name, { versions }, { VersionStage, MoveToVersionId, RemoveFromVersionId }) => {
        const label = String(VersionStage);
        const [holder] = [...versions].find(([, { labels }]) => labels.has(label)) ?? [];
        if (
          RemoveFromVersionId === undefined
            ? holder !== undefined && holder !== MoveToVersionId
            : holder !== RemoveFromVersionId
        )
          return failure("InvalidParameterException");
        if (MoveToVersionId !== undefined && versions.get(String(MoveToVersionId))?.text === undefined)
          return notFound();
        if (MoveToVersionId === undefined && label === CURRENT) return failure("InvalidParameterException");
        secrets.label(name, label, MoveToVersionId as string | undefined);
        return success({ ARN: secretArn(name), Name: name });
      },
    ),

    "secretsmanager.RotateSecret": of((name, secret, { ClientRequestToken }) => {
      if (!rotators.has(name))
        return failure("InvalidRequestException", "No Lambda rotation function ARN is associated with this secret.");
      const [pending] =
        [...secret.versions].find(([, { labels }]) => labels.has(PENDING) && !labels.has(CURRENT)) ?? [];
      const version = pending ?? String(ClientRequestToken);
      // A failure is in the function's log; the next call starts the rotation again.
      if (!rotating.has(name)) rotate(name, version).catch(() => undefined);
      return pending === undefined
        ? success({ ARN: secretArn(name), Name: name, VersionId: version })
        : failure("InvalidRequestException", "A previous rotation isn't complete. That rotation will be reattempted.");
    }),
  };
  return { targets, rotate };
}

export function secretArn(name: string): string {
  return `arn:aws:secretsmanager:us-east-1:111122223333:secret:${name}-local1`;
}

function notFound(): Answer {
  return failure("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
}
