/** What a rotation needs from outside. */
import type { SessionKeysSecret } from "../session-keys/ports";
import type { Writing } from "../store/ports";

export interface Ports extends Writing {
  secret: SessionKeysSecret;
  /** Unix seconds. */
  now(): number;
  /** Cryptographically random. */
  random(bytes: number): Buffer;
}
