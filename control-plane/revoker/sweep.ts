import { reconcile, type ReconcileAnswer } from "../reconcile/reconcile";
import type { RevokerPorts } from "../ports";

const DAY = 86_400;

export interface SweepAnswer extends ReconcileAnswer {
  /** False if somebody switched the rotation of the session keys off. */
  rotates: boolean;
  /** Absent before the first rotation, and after rotation was switched off: Secrets Manager then no longer knows. */
  daysSinceRotation?: number;
}

/** Runs once a day. An alarm reads in its log line whether the keys are still being rotated (stacks/alarms.ts). */
export async function sweep(ports: RevokerPorts): Promise<SweepAnswer> {
  const answer = await reconcile(ports);
  const { isOn, last } = await ports.secret.rotation();
  return {
    ...answer,
    rotates: isOn,
    ...(last !== undefined && { daysSinceRotation: Math.floor((ports.now() - last) / DAY) }),
  };
}
