/** `edgegate revoke user`: ends every session of one user. */
import type { SessionsAnswer } from "../../control-plane/revoker/sessions";
import { sha256 } from "../../session/node-hash";
import { userId } from "../../session/token";
import { confirm } from "../confirm";
import type { Context } from "../context";
import { CommandFailure, usageFailure } from "../failures";
import type { Gateway } from "../gateway";
import { count, facts, time, type Outcome } from "../output";
import { printable } from "../printable";
import { recordedFacts } from "../recorded-facts";
import { askRevoker } from "../revoker";
import { takesEffect, takesEffectText } from "../takes-effect";
import { nameOf, parseUser, type UserName } from "../users";

/** The most that the revoker lists. */
const MAX_SESSIONS = 1_000;
/** The most that are listed before the confirmation. */
const MAX_SHOWN = 5;

interface User {
  uid: string;
  /** The addresses of the sessions, the newest first. */
  emails: string[];
  /** The same with those that are not verified. */
  names: string[];
  /** Active sessions; `hasMore` says that there are more. */
  sessions: SessionsAnswer["sessions"];
  hasMore: boolean;
}

/** @param name e-mail address, user name or uid; absent if issuer and subject name the user */
export async function revokeUser(
  { gateway, options, by, reason }: Context<{ issuer?: string; subject?: string }>,
  name?: string,
): Promise<Outcome> {
  const user = await find(gateway, whoIsMeant(name, options));
  await confirm(`${title(user)}\n${sessionsText(user)}`, options);
  const target = { type: "user", uid: user.uid } as const;
  const answer = await askRevoker(gateway, { operation: "revoke", command: { version: 1, target, by, reason } });
  const effect = takesEffect(gateway);
  const { revocation, isNew } = answer;
  return {
    json: { uid: user.uid, emails: user.emails, ...answer, takesEffect: effect },
    text:
      `${title(user)}: ${isNew ? "revoked" : "was already revoked"}\n` +
      facts([
        ["sessions", `${number(user)} ended`],
        ["revoked", `what began until ${time(revocation.cutoff)}; new sign-ins are not affected`],
        ...recordedFacts(answer),
      ]) +
      takesEffectText(effect),
  };
}

function whoIsMeant(name: string | undefined, { issuer, subject }: { issuer?: string; subject?: string }): UserName {
  if (name !== undefined && issuer === undefined && subject === undefined) return parseUser(name);
  if (name === undefined && issuer !== undefined && subject !== undefined) {
    return { uid: userId(sha256, issuer, subject) };
  }
  throw usageFailure(
    "name the user once",
    "write an e-mail address, a user name or a uid, or both --issuer and --subject",
  );
}

/** @throws CommandFailure if no user, or more than one, has this name */
async function find(gateway: Gateway, whose: UserName): Promise<User> {
  const { sessions, hasMore } = await askRevoker(gateway, {
    operation: "sessions",
    ...whose,
    all: true,
    limit: MAX_SESSIONS,
  });
  const uids = [...new Set(sessions.map(({ uid }) => uid))];
  if ("email" in whose && uids.length === 0) {
    throw new CommandFailure(
      "notFound",
      `no session in the ledger has the address or user name ${printable(whose.email)}`,
      "name the user by uid, or by --issuer and --subject",
    );
  }
  if (uids.length > 1) {
    const users = uids.map((uid) => `${uid} (${sessions.find((session) => session.uid === uid)!.idp})`);
    throw usageFailure(
      `${users.length} users have this address or user name`,
      `revoke each by uid: ${users.join(", ")}`,
    );
  }
  const uid = "uid" in whose ? whose.uid : uids[0]!;
  const emails = [...new Set(sessions.map(({ email }) => email).filter(Boolean))];
  const names = [...new Set(sessions.flatMap((session) => nameOf(session) ?? []))];
  return { uid, emails, names, sessions: sessions.filter(({ state }) => state === "active"), hasMore };
}

function title({ uid, names }: User): string {
  return printable(names.length > 0 ? `${names.join(", ")} (${uid})` : uid);
}

function number({ sessions, hasMore }: User): string {
  return `${count(sessions.length, "active session")}${hasMore ? " or more" : ""}`;
}

function sessionsText(user: User): string {
  const lines = user.sessions
    .slice(0, MAX_SHOWN)
    .map(
      (session) =>
        [session.sid, printable(`since ${time(session.startedAt)} from ${session.address}, ${session.idp}`)] as const,
    );
  const rest = user.sessions.length > lines.length ? `  and ${user.sessions.length - lines.length} more\n` : "";
  return `  ${number(user)} will end\n${lines.length > 0 ? facts(lines) : ""}${rest}`;
}
