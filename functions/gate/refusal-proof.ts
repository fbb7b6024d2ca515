import { REFUSAL_LIFETIME, REFUSAL_MAC } from "../../session/refusal-proof";
import { crypto } from "./crypto";

/**
 * Adds a proof that the gate refused this, and whom, to the address of a page's frame (feature `refusals`). The handler asks
 * for it before it tells anybody that somebody asks for access (session/refusal-proof.ts).
 *
 * @param signer the key that signed the session, its ID, and the ID of the session
 * @param address the path and query of the frame
 */
export function withProof(address: string, signer: string[], host: string): string {
  const until = Math.floor(Date.now() / 1000) + REFUSAL_LIFETIME;
  const proven = address + "&kid=" + signer[1] + "&until=" + until;
  return (
    proven +
    REFUSAL_MAC +
    crypto
      .createHmac("sha256", signer[0]!)
      .update("refused " + signer[2] + " " + host + " " + proven)
      .digest("base64url")
  );
}
