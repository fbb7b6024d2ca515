import { reconcile, type ReconcileAnswer } from "../reconcile/reconcile";
import type { RevokerPorts } from "../ports";
import { limitLogRetention, type LogRetention } from "./log-retention";

const DAY = 86_400;

export interface SweepAnswer extends ReconcileAnswer, LogRetention {
  /** False if the rotation of the session keys is switched off. */
  rotates: boolean;
  /**
   * Absent before the first rotation, and after rotation was switched off: Secrets Manager then no longer has the date.
   */
  daysSinceRotation?: number;
}

/**
 * Runs once a day. An alarm checks in its log line whether the keys are still being rotated (stacks/alarms.ts). The log
 * groups come last, because no revocation depends on them.
 */
export async function sweep(ports: RevokerPorts): Promise<SweepAnswer> {
  const answer = await reconcile(ports);
  const { isOn, last } = await ports.secret.rotation();
  const daysSinceRotation = last === undefined ? undefined : Math.floor((ports.now() - last) / DAY);
  return {
    ...answer,
    rotates: isOn,
    ...(daysSinceRotation !== undefined && { daysSinceRotation }),
    ...(await limitLogRetention(ports)),
  };
}
