/** What a rotation needs from outside. */
import type { Ledger } from "../ledger/ports";
import type { ReplaceableSecret } from "../session-keys/ports";
import type { Writing } from "../store/ports";

export interface Ports extends Writing {
  secret: ReplaceableSecret;
  ledger: Pick<Ledger, "livingRevocations">;
  /** Unix seconds. */
  now(): number;
  /** Cryptographically random. */
  random(bytes: number): Buffer;
}
