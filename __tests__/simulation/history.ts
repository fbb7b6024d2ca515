/**
 * A history: a gateway whose parts fail, who is there, and what is known from outside. What must not happen is noticed
 * when it is seen; checks.ts looks for the rest.
 */
import { createHash } from "node:crypto";
import type { LedgerSession } from "../../ledger/records";
import { sessionKeyOf, sessionRevocationId, userRevocationId } from "../../ledger/tables";
import { userId } from "../../session/token";
import { SESSION_COOKIE } from "../../session/cookies";
import { RENEWAL_GRACE } from "../../session/timing";
import { claimsOf, type SignIn } from "./actors/browser";
import type { Person } from "./actors/person";
import type { Bundles } from "./bundles";
import { Counts } from "./counts";
import { TABLES } from "./deployed";
import { createGateway, type Gateway } from "./gateway";
import type { EdgeAnswer } from "./viewer-request";
import { createWorld, type World } from "./kernel/world";
import { Model, Violation, type KnownRevocation, type KnownSession } from "./model";
import { drawProfile, type Profile } from "./profile";
import { createCookieJar, parseSetCookie, type CookieJar } from "../support/cookie-jar";

/** 2025-06-15. */
const START = 1_750_000_000_000;
/** Clocks may be off so far, in milliseconds, and twice that between two of them. */
export const SKEW = 120_000;
/** Browsers' cookies that somebody has kept. */
const MOST_KEPT = 10;
/** With these outcomes a refresh cookie got its browser something. */
const GIVEN: ReadonlySet<string> = new Set(["renewed", "renewal_repeated"]);

export interface Seen {
  answer: EdgeAnswer;
  begunAt: number;
  address: string;
  /** The refresh cookie that came with it. */
  refresh: string | undefined;
  /** The sign-in, if the request was a callback. */
  signIn: SignIn | undefined;
}

interface Use {
  address: string;
  sid: string;
  /** Whether it renewed the session. */
  isRenewed: boolean;
  outcome: string;
}

export class History {
  readonly counts = new Counts();
  readonly model = new Model();
  readonly world: World;
  readonly profile: Profile;
  readonly gateway: Gateway;
  readonly people: Person[] = [];
  /** The uses of each refresh cookie. */
  readonly uses = new Map<string, Use[]>();
  readonly #byMessage = new Map<string, KnownRevocation[]>();
  readonly #byCommand = new Map<string, KnownRevocation>();
  /** Ids of revocations of strangers. */
  readonly flooded: string[] = [];
  /** Browsers' cookies that somebody has kept. */
  readonly kept: CookieJar[] = [];
  /** Sessions of the provider whose refresh tokens may have been lost on the way. */
  readonly #troubled = new Set<string>();

  constructor(seed: number, bundles: Bundles, trace?: (line: string) => void, change?: (profile: Profile) => void) {
    this.world = createWorld(seed, START, trace);
    this.profile = drawProfile(this.world.random.fork());
    change?.(this.profile);
    this.gateway = createGateway(this.world, this.profile, bundles, this.counts, {
      onAccepted: (queue, { id, body, sentAt }) => {
        if (!queue.name.endsWith("-dead")) this.#accepted(id, body, sentAt);
      },
      onTrouble: (headers) => {
        const cookie = headers.find(([name]) => name === "Cookie")?.[1] ?? "";
        const token = cookie
          .split("; ")
          .find((pair) => pair.startsWith(`${SESSION_COOKIE}=`))
          ?.slice(SESSION_COOKIE.length + 1);
        const session = this.sessionOf(token);
        if (session) this.#troubled.add(session.providerSid);
      },
      onDone: ({ id }) => {
        for (const revocation of this.#byMessage.get(id) ?? []) revocation.doneAt ??= this.world.now();
      },
    });
    if (this.profile.skew > 0) this.counts.add("histories with skewed clocks");
  }

  /** A command is on a queue: from now on it must not be lost. */
  #accepted(id: string, body: string, sentAt: number): void {
    const outer = JSON.parse(body) as { Message?: string; Timestamp?: string };
    const [text, askedAt] =
      outer.Message === undefined ? [body, sentAt] : [outer.Message, Date.parse(outer.Timestamp!)];
    const command = JSON.parse(text) as {
      target: { type: string; uid?: string; sid?: string; issuer?: string; subject?: string };
      cutoff?: number;
      by: string;
      reason: string;
    };
    const { target, by } = command;
    const kind = target.type === "session" ? "session" : "user";
    this.world.note(`${id} is accepted: ${text}`);
    if (by === "flood") {
      this.flooded.push(kind === "session" ? sessionRevocationId(target.sid!) : userRevocationId(target.uid!));
      return;
    }
    const same = `${text} ${command.cutoff ?? Math.floor(askedAt / 1000)}`;
    const uid =
      target.uid ??
      (target.subject === undefined
        ? this.model.sessions.get(target.sid!)?.uid
        : uidOf(this.gateway.provider.issuer, target.subject));
    const known = this.#byCommand.get(same) ?? { kind, uid, sid: target.sid, askedAt, doneAt: undefined, by };
    if (!this.#byCommand.has(same)) this.model.revocations.push(known);
    this.#byCommand.set(same, known);
    this.#byMessage.set(id, [known]);
    if (by === "reuse") this.#noticed(target.sid, uid!, command.reason);
  }

  /** The handler took somebody for a thief. */
  #noticed(sid: string | undefined, uid: string, reason: string): void {
    // The answer to a callback was lost, and the browser came with it again: by contract that ends the session
    // (`session.onReuse`).
    if (!/refresh cookie/.test(reason)) return this.counts.add("callbacks that came twice");
    this.counts.add("thefts noticed");
    const suspects = [...this.model.sessions.values()].filter((session) =>
      sid === undefined ? session.uid === uid : session.sid === sid,
    );
    // Who never got what a renewal gave, and comes again after the grace: nobody can tell that from a theft.
    const isLate = suspects.some(
      ({ unheardAt = Infinity }) => this.world.now() > unheardAt + RENEWAL_GRACE * 1000 - SKEW,
    );
    if (isLate) this.counts.add("browsers that came back after the grace");
    else if (!suspects.some(({ isStolen }) => isStolen))
      throw new Violation(
        "no innocent is signed out",
        `${suspects[0]?.who} is taken for a thief of session ${sid ?? suspects.map((session) => session.sid).join(" or ")}`,
      );
  }

  sessionOf(token: string | undefined): KnownSession | undefined {
    return token === undefined ? undefined : this.model.sessions.get(claimsOf(token).sid);
  }

  /** How often a session was renewed, as the ledger has it. */
  generationOf({ uid, sid }: KnownSession): number | undefined {
    const { pk, sk } = sessionKeyOf(uid, sid);
    return this.gateway.dynamoDb
      .items<LedgerSession & { pk: string; sk: string }>(TABLES.sessionsTable)
      .find((item) => item.pk === pk && item.sk === sk)?.generation;
  }

  /** @returns whether its user must get in without signing in again */
  mustLive(session: KnownSession): boolean {
    const { absolute, idle } = this.profile.session;
    const now = this.world.now();
    const isWithinTime =
      now + 2 * SKEW < session.openedAt + absolute * 1000 && now + 2 * SKEW < session.renewedAt + idle * 1000;
    if (!isWithinTime || !this.model.isInnocent(session) || this.model.isLockingDown(now)) return false;
    // Where the answer to the last spending of a refresh token was lost, nobody can renew.
    if (this.gateway.provider.endedGrants.has(session.providerSid) && this.#troubled.has(session.providerSid)) {
      this.counts.add("grants ended by a strict provider");
      return false;
    }
    return true;
  }

  /** The gateway said that it knows: what began at that session of the provider is over. */
  endedAtProvider(sid: string, askedAt: number, doneAt: number): void {
    this.counts.add("sign-outs at the provider");
    this.model.endedAtProvider.set(sid, { askedAt, doneAt });
    this.world.note(`the provider has ended ${sid}`);
  }

  /** Somebody was revoked of late, and clocks that differ keep them out for a while. */
  isTroubled(person: Person): boolean {
    return this.model.matching({ uid: person.uid, sid: "" }).length > 0;
  }

  losesAnswer(): boolean {
    const isLost = this.gateway.hasFaults && this.world.random.chance(this.profile.lostAnswers);
    if (isLost) {
      this.counts.add("answers that a browser never got");
      this.world.note("the browser never gets the answer");
    }
    return isLost;
  }

  /** Every answer of a handler to a browser, whether that gets it or not. */
  seen({ answer, begunAt, address, refresh, signIn }: Seen): void {
    const { outcome } = answer;
    if (outcome === "renewed") this.counts.add("renewals");
    if (outcome === "renewal_repeated") this.counts.add("renewals given again");
    if (outcome === "reissued") this.counts.add("reissues");
    if (outcome === "signed_in") this.counts.add("sign-ins");
    const token = answer.setCookies
      .map(parseSetCookie)
      .find(({ name, value }) => name === SESSION_COOKIE && value !== "")?.value;
    if (token !== undefined) this.#issued(token, { begunAt, answer, signIn });
    if (refresh !== undefined)
      this.#used(refresh, {
        address,
        sid: token === undefined ? "" : claimsOf(token).sid,
        isRenewed: GIVEN.has(outcome),
        outcome,
      });
  }

  #issued(token: string, { begunAt, answer, signIn }: Pick<Seen, "begunAt" | "answer" | "signIn">): void {
    const { uid, sid, expiresAt } = claimsOf(token);
    const at = answer.answeredAt;
    let session = this.model.sessions.get(sid);
    if (!session) {
      if (!signIn) throw new Violation("nothing breaks", `a token of session ${sid}, which nobody began`);
      const { who, provider } = signIn;
      session = {
        uid,
        sid,
        who,
        begunAt,
        openedAt: at,
        authenticatedAt: provider.authenticatedAt,
        providerSid: provider.sid,
        tokens: [],
        isStolen: false,
        isSignedOut: false,
        renewedAt: at,
        unheardAt: undefined,
      };
      this.model.sessions.set(sid, session);
      this.world.note(`${who} has session ${sid} of ${uid}`);
      const over = this.model.endedAtProvider.get(provider.sid);
      if (over && over.doneAt < begunAt)
        throw new Violation(
          "revoked stays out",
          `${who} signs in at a session of the provider that ended at ${timeOf(over.askedAt)}, done ${timeOf(over.doneAt)}`,
        );
      const forbidden = this.model.forbids(session);
      if (forbidden)
        throw new Violation(
          "revoked stays out",
          `${who} signs in with an authentication of ${timeOf(session.authenticatedAt)}, although revoked at ${timeOf(forbidden.askedAt)}, done ${timeOf(forbidden.doneAt)}`,
        );
    }
    const ended = this.model.endedBy(session, begunAt);
    if (ended)
      throw new Violation(
        ended.kind === "gateway" ? "lockdown holds" : "revoked stays out",
        `a token of session ${sid} is made (${answer.outcome}) by a request of ${timeOf(begunAt)}, although it was revoked (${ended.kind}, ${ended.by}) at ${timeOf(ended.askedAt)}, done ${timeOf(ended.doneAt)}`,
      );
    session.tokens.push({ text: token, expiresAt, at });
    session.renewedAt = at;
  }

  /** Two who are at two addresses must not both get something for the same cookie. */
  #used(refresh: string, use: Use): void {
    const uses = this.uses.get(refresh) ?? [];
    this.uses.set(refresh, uses);
    uses.push(use);
    if (!use.isRenewed) return;
    const other = uses.find(({ address, isRenewed }) => isRenewed && address !== use.address);
    if (other)
      throw new Violation(
        "no thief escapes",
        `one refresh cookie of session ${use.sid} renewed it for ${other.address} (${other.outcome}) and for ${use.address} (${use.outcome})`,
      );
  }

  /** The gate let a token pass. */
  passed(token: string, edge: number): void {
    const session = this.sessionOf(token)!;
    const gone = this.model.goneBy(session, this.world.now());
    if (!gone) return;
    throw new Violation(
      gone.kind === "gateway" ? "lockdown holds" : "revoked stays out",
      `a token of session ${session.sid} (${session.who}) passes at edge ${edge}, although it was revoked (${gone.kind}, ${gone.by}) at ${timeOf(gone.askedAt)}, done ${timeOf(gone.doneAt)}`,
    );
  }

  /** Somebody keeps a browser's cookies, beyond the end that the gateway gave them. */
  keep(jar: CookieJar): void {
    const kept = createCookieJar(() => 0);
    for (const name of jar.names()) kept.plant(name, jar.get(name)!, name.startsWith("__Secure-") ? "/_gate" : "/");
    this.kept.push(kept);
    if (this.kept.length > MOST_KEPT) this.kept.splice(this.world.random.whole(0, MOST_KEPT - 1), 1);
  }
}

/** The id of a user, as the gateway makes it. */
export function uidOf(issuer: string, subject: string): string {
  return userId((text) => createHash("sha256").update(text).digest("base64url"), issuer, subject);
}

/** The time of day of a moment, for messages. */
export function timeOf(at: number | undefined): string {
  return at === undefined ? "never" : new Date(at).toISOString().slice(11, 23);
}
