/**
 * Secrets Manager: versions, staging labels, the quota of versions, and rotations, which it begins again until they are
 * over.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html
 */
import type { Service, WireResponse } from "../kernel/network";
import type { World } from "../kernel/world";
import { failure, inputOf, Refusal, refused, success, targetOf, type Input } from "./answers";

export const CURRENT = "AWSCURRENT";
const PREVIOUS = "AWSPREVIOUS";
const PENDING = "AWSPENDING";

/**
 * About so many; a version without a label goes only when it is older than a day.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
 */
const MAX_VERSIONS = 100;
const MIN_AGE = 86_400;

interface Version {
  /** Absent from the start of a rotation until its first step. */
  text?: string;
  labels: Set<string>;
  createdAt: number;
}

export interface SecretsManager extends Service {
  versions: Map<string, Version>;
  /** Unix seconds. */
  lastRotated: number | undefined;
  arn: string;
  /** The text with a label, for the model: by no call. */
  textOf(label: string): string | undefined;
  idOf(label: string): string | undefined;
  /** RotateSecret: which version is to be rotated to. Labels a new one as pending. */
  beginRotation(version: string): string;
  /** A version that is current, by no call. */
  prepare(version: string, text: string): void;
  /** What the API does when a rotation has ended. */
  endRotation(): void;
}

/** @param onRotate is asked to begin a rotation, by an operator's call of RotateSecret */
export function createSecretsManager(world: World, name: string, onRotate: (version: string) => void): SecretsManager {
  const arn = `arn:aws:secretsmanager:us-east-1:111122223333:secret:${name}-local1`;
  const versions: SecretsManager["versions"] = new Map();

  const holder = (label: string) => [...versions].find(([, { labels }]) => labels.has(label))?.[0];

  function label(stage: string, version: string | undefined): void {
    const from = holder(stage);
    if (from === version) return;
    if (from !== undefined) versions.get(from)!.labels.delete(stage);
    if (version !== undefined) versions.get(version)!.labels.add(stage);
    if (stage === CURRENT && from !== undefined) label(PREVIOUS, from);
  }

  function add(id: string, version: Version): void {
    const removable = [...versions]
      .filter(([, { labels, createdAt }]) => labels.size === 0 && createdAt < world.seconds() - MIN_AGE)
      .sort(([, a], [, b]) => a.createdAt - b.createdAt);
    while (versions.size >= MAX_VERSIONS && removable.length > 0) versions.delete(removable.shift()![0]);
    if (versions.size >= MAX_VERSIONS) throw new Refusal("LimitExceededException");
    versions.set(id, version);
  }

  const operations: Record<string, (input: Input) => WireResponse> = {
    DescribeSecret() {
      const labelled = [...versions]
        .filter(([, { labels }]) => labels.size > 0)
        .map(([id, { labels }]): [string, string[]] => [id, [...labels]]);
      return success({
        ARN: arn,
        Name: name,
        ...(labelled.length > 0 && { VersionIdsToStages: Object.fromEntries(labelled) }),
        ...(service.lastRotated !== undefined && { LastRotatedDate: service.lastRotated }),
      });
    },
    GetSecretValue({ VersionId, VersionStage }) {
      const stage = typeof VersionStage === "string" ? VersionStage : VersionId === undefined ? CURRENT : undefined;
      const found = [...versions].find(
        ([id, { labels }]) =>
          (VersionId === undefined || VersionId === id) && (stage === undefined || labels.has(stage)),
      );
      if (found?.[1].text === undefined) throw new Refusal("ResourceNotFoundException");
      const [id, { text, labels, createdAt }] = found;
      return success({
        ARN: arn,
        Name: name,
        VersionId: id,
        SecretString: text,
        VersionStages: [...labels],
        CreatedDate: createdAt,
      });
    },
    PutSecretValue({ ClientRequestToken, SecretString, VersionStages = [CURRENT] }) {
      const [id, text] = [String(ClientRequestToken), String(SecretString)];
      const made = versions.get(id);
      if (made?.text !== undefined && made.text !== text) throw new Refusal("ResourceExistsException");
      const isFirst = ![...versions.values()].some((version) => version.text !== undefined);
      if (made?.text === undefined) {
        if (made) made.text = text;
        else add(id, { text, labels: new Set(), createdAt: world.seconds() });
        for (const stage of new Set([...(VersionStages as string[]), ...(isFirst ? [CURRENT] : [])])) label(stage, id);
      }
      return success({ ARN: arn, Name: name, VersionId: id, VersionStages: [...versions.get(id)!.labels] });
    },
    UpdateSecretVersionStage({ VersionStage, MoveToVersionId, RemoveFromVersionId }) {
      const stage = String(VersionStage);
      const from = holder(stage);
      if (
        RemoveFromVersionId === undefined
          ? from !== undefined && from !== MoveToVersionId
          : from !== RemoveFromVersionId
      )
        throw new Refusal("InvalidParameterException");
      if (MoveToVersionId !== undefined && versions.get(String(MoveToVersionId))?.text === undefined)
        throw new Refusal("ResourceNotFoundException");
      if (MoveToVersionId === undefined && stage === CURRENT) throw new Refusal("InvalidParameterException");
      label(stage, MoveToVersionId as string | undefined);
      return success({ ARN: arn, Name: name });
    },
    ListSecretVersionIds() {
      return success({
        ARN: arn,
        Name: name,
        Versions: [...versions].map(([VersionId, { labels, createdAt }]) => ({
          VersionId,
          VersionStages: [...labels],
          CreatedDate: createdAt,
        })),
      });
    },
    RotateSecret({ ClientRequestToken }) {
      const version = service.beginRotation(String(ClientRequestToken));
      onRotate(version);
      return success({ ARN: arn, Name: name, VersionId: version });
    },
  };

  const service: SecretsManager = {
    versions,
    lastRotated: undefined,
    arn,
    textOf: (stage) => versions.get(holder(stage) ?? "")?.text,
    idOf: holder,
    beginRotation(version) {
      // What was begun and is not over is begun again.
      const pending = holder(PENDING);
      if (pending !== undefined && !versions.get(pending)!.labels.has(CURRENT)) return pending;
      if (!versions.has(version)) add(version, { labels: new Set(), createdAt: world.seconds() });
      label(PENDING, version);
      return version;
    },
    prepare(version, text) {
      add(version, { text, labels: new Set(), createdAt: world.seconds() });
      label(CURRENT, version);
    },
    endRotation: () => void (service.lastRotated = world.seconds()),
    nameOf: (request) => `secretsmanager.${targetOf(request)}`,
    failure,
    answer(request) {
      const operation = operations[targetOf(request)];
      if (!operation) throw new Error(`Secrets Manager does not do ${targetOf(request)} here`);
      const input = inputOf(request);
      try {
        if (input["SecretId"] !== arn && input["SecretId"] !== name) throw new Refusal("ResourceNotFoundException");
        return operation(input);
      } catch (error) {
        if (error instanceof Refusal) return refused(error);
        throw error;
      }
    },
  };
  return service;
}
