/** Reads a user from the command line. */
import { SHORT_ID } from "../session/revocation";
import { CommandFailure } from "./failures";

export type UserName = { uid: string } | { email: string };

/** @throws CommandFailure for a text that is neither an e-mail address nor a uid */
export function parseUser(text: string): UserName {
  if (text.includes("@")) return { email: text };
  if (SHORT_ID.test(text)) return { uid: text };
  throw new CommandFailure(
    "usage",
    `${JSON.stringify(text)} is not a user`,
    "write an e-mail address, or the 16 characters of a uid: from the logs or x-gate-user",
  );
}
