/** A rotation of the session keys, as Secrets Manager carries it out. */
import type { World } from "./kernel/world";
import type { SecretsManager } from "./services/secrets-manager";
import type { Random } from "./kernel/random";

const STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"];
/** How often Secrets Manager tries a step, and milliseconds between two attempts. */
const STEP_ATTEMPTS = 3;
const STEP_PAUSE = 10_000;

export interface Rotation {
  /** One at a time. @returns whether it came to its end */
  rotate(): Promise<boolean>;
  hasBegun(): boolean;
  /** A step of a rotation that was, or is, again. */
  repeatStep(): Promise<void>;
}

/** @param invoke the rotator; @returns whether the step is done */
export function createRotation(
  world: World,
  secrets: SecretsManager,
  invoke: (event: object, step: string) => Promise<boolean>,
): Rotation {
  const { random } = world;
  /** Every rotation that ever began. */
  const rotated: string[] = [];
  let isRotating = false;
  const runStep = (step: string, version: string) =>
    invoke({ Step: step, SecretId: secrets.arn, ClientRequestToken: version, RotationToken: "token" }, step);
  return {
    async rotate() {
      if (isRotating) return false;
      isRotating = true;
      try {
        const version = secrets.beginRotation(versionId(random));
        if (!rotated.includes(version)) rotated.push(version);
        world.note(`rotation of ${version}`);
        for (const step of STEPS) {
          let isDone = false;
          for (let attempt = 0; attempt < STEP_ATTEMPTS && !isDone; attempt++) {
            if (attempt > 0) await world.sleep(STEP_PAUSE);
            isDone = await runStep(step, version);
          }
          if (!isDone) return false;
        }
        secrets.endRotation();
        return true;
      } finally {
        isRotating = false;
      }
    },
    hasBegun: () => rotated.length > 0,
    async repeatStep() {
      await runStep(random.pick(STEPS), random.pick(rotated.slice(-3)));
    },
  };
}

/** A new version of a secret. */
export function versionId(random: Random): string {
  const hex = random.bytes(16).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
