/** Reads a user from the command line. */
import type { LedgerSession } from "../ledger/records";
import { SHORT_ID } from "../session/revocation";
import { usageFailure } from "./failures";

/** `email` may also be the name of a user without one: an unverified address, or a user name. */
export type UserName = { uid: string } | { email: string };

/** The subject of an access token is verified, unlike a user name that people choose. */
export function nameOf({ email, login, kind }: Pick<LedgerSession, "email" | "login" | "kind">): string | undefined {
  return email || (login && (kind === "api" ? login : `${login} (not verified)`));
}

/** @throws CommandFailure for a text that is neither a name nor a uid */
export function parseUser(text: string): UserName {
  if (SHORT_ID.test(text)) return { uid: text };
  if (/^\S{1,254}$/.test(text)) return { email: text };
  throw usageFailure(
    `${JSON.stringify(text)} is not a user`,
    "write an e-mail address, a user name, or the 16 characters of a uid: from the logs or x-gate-user",
  );
}
