/**
 * One history: people, thieves and operators at a gateway whose parts fail; then quiet; and what must be true all along
 * and at the end.
 */
import { createHash } from "node:crypto";
import { isRevoked, LEDGER_RETENTION, type LedgerSession, type Revocation } from "../../ledger/records";
import {
  gatewayPartOf,
  gatewayRevocationId,
  sessionKeyOf,
  sessionRevocationId,
  userRevocationId,
} from "../../ledger/tables";
import type { SessionKeys } from "../../session/keys";
import { keyRecordName } from "../../session/shard";
import { userId } from "../../session/token";
import { SESSION_COOKIE } from "../../session/cookies";
import { PROPAGATION, RENEWAL_GRACE } from "../../session/timing";
import { Browser, claimsOf, type SignIn } from "./actors/browser";
import { operate } from "./actors/operator";
import { createPerson, type Person } from "./actors/person";
import { steal } from "./actors/thief";
import type { Bundles } from "./bundles";
import { Counts } from "./counts";
import { createGateway, TABLES, type EdgeAnswer, type Gateway } from "./gateway";
import { createWorld, type World } from "./kernel/world";
import { Model, Violation, type KnownRevocation, type KnownSession } from "./model";
import { drawProfile, OPERATIONS, type Operation, type Profile } from "./profile";
import { CURRENT } from "./services/secrets-manager";
import { createCookieJar, parseSetCookie, type CookieJar } from "../support/cookie-jar";

/** 2025-06-15. */
const START = 1_750_000_000_000;
/** Clocks may be off so far, in milliseconds, and twice that between two of them. */
const SKEW = 120_000;
const QUIET = 20 * 60_000;
const PROBE_PAUSE = 45_000;
/** Browsers' cookies that somebody has kept. */
const MOST_KEPT = 10;
/** With these outcomes a refresh cookie got its browser something. */
const GIVEN: ReadonlySet<string> = new Set(["renewed", "renewal_repeated"]);
/**
 * Outcomes that say nothing about a theft: a failure, a token that was only signed again, or a renewal by somebody else
 * a moment ago, about which the next request learns more.
 */
const UNDECIDED =
  /unavailable|out_of_time|timeout|misconfigured|unreadable|renewed_elsewhere|reissued|under_way|passed_on/;
/** How often unfinished work is tried again at the end of a history. */
const LAST_ATTEMPTS = 6;

export interface Result {
  seed: number;
  violation?: { invariant: string; message: string };
  log: string[];
  /** The hash of the whole log. */
  digest: string;
  counts: Record<string, number>;
  /** Calls of services, by name. */
  calls: Record<string, number>;
  profile: Profile;
}

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
  readonly #flood: string[] = [];
  readonly #kept: CookieJar[] = [];
  /** From then on time passes in leaps. */
  #isSettled = false;
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
      this.#flood.push(kind === "session" ? sessionRevocationId(target.sid!) : userRevocationId(target.uid!));
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
          `${who} signs in at a session of the provider that ended at ${time(over.askedAt)}, done ${time(over.doneAt)}`,
        );
      const forbidden = this.model.forbids(session);
      if (forbidden)
        throw new Violation(
          "revoked stays out",
          `${who} signs in with an authentication of ${time(session.authenticatedAt)}, although revoked at ${time(forbidden.askedAt)}, done ${time(forbidden.doneAt)}`,
        );
    }
    const ended = this.model.endedBy(session, begunAt);
    if (ended)
      throw new Violation(
        ended.kind === "gateway" ? "lockdown holds" : "revoked stays out",
        `a token of session ${sid} is made (${answer.outcome}) by a request of ${time(begunAt)}, although it was revoked (${ended.kind}, ${ended.by}) at ${time(ended.askedAt)}, done ${time(ended.doneAt)}`,
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
      `a token of session ${session.sid} (${session.who}) passes at edge ${edge}, although it was revoked (${gone.kind}, ${gone.by}) at ${time(gone.askedAt)}, done ${time(gone.doneAt)}`,
    );
  }

  /** Every token that may live, at every edge. */
  async #probe(): Promise<void> {
    const { model, world, gateway } = this;
    for (const session of model.sessions.values()) {
      const active = session.tokens.filter(({ expiresAt }) => expiresAt * 1000 + SKEW > world.now());
      if (active.length === 0) continue;
      const isGone = model.goneBy(session, world.now()) !== undefined;
      for (const { text, expiresAt } of isGone ? active : active.slice(-1)) {
        const mustPass = !isGone && this.mustLive(session);
        if (!isGone && !mustPass) continue;
        for (const [edge, skew] of gateway.edgeSkews.entries()) {
          const { log } = await gateway.decide(edge, {
            path: "/probe",
            headers: [
              ["Accept", "text/html"],
              ["Cookie", `${SESSION_COOKIE}=${text}`],
            ],
            address: "198.51.100.1",
          });
          if (isGone) {
            this.counts.add("tokens probed that must not pass");
            if (log.startsWith("allow")) this.passed(text, edge);
          } else if (expiresAt * 1000 > world.now() + skew && log !== "deny store") {
            this.counts.add("tokens probed that must pass");
            if (!log.startsWith("allow") && log !== "login outdated")
              throw new Violation(
                "no innocent is signed out",
                `the gate says ${log} to ${session.who}'s token of session ${session.sid} at edge ${edge}`,
              );
          }
        }
      }
    }
  }

  async run(): Promise<void> {
    const { world, gateway, profile } = this;
    let isOver = false;
    let isQuiet = false;
    world.note(JSON.stringify(profile));
    for (let place = 0; place < profile.people; place++) {
      const name = `person${place}`;
      this.people.push(createPerson(this, name, uidOf(gateway.provider.issuer, name), `192.0.2.${place + 1}`));
    }

    const pause = (most: number) => world.sleep(world.random.whole(1_000, most));
    const livePerson = async (person: Person) => {
      await pause(60_000);
      while (!isQuiet) {
        if (world.random.chance(0.03)) await person.signOut();
        else if (world.random.chance(0.15)) await Promise.all([person.visit(), person.visit()]);
        else if (world.random.chance(0.2)) await person.runScript();
        else await person.visit();
        if (world.random.chance(0.2)) this.keep(person.browser.jar);
        await pause(profile.session.token * 1000);
      }
    };
    const liveOperators = async () => {
      const total = Object.values(profile.operations).reduce((sum, weight) => sum + weight, 0);
      while (!isQuiet) {
        await pause(profile.operationPause);
        if (isQuiet) return;
        let at = world.random.fraction() * total;
        const operation = OPERATIONS.find((name) => (at -= profile.operations[name]) < 0) as Operation;
        // Two at once, now and then.
        const work = operate(this, operation, world.random.pick(this.people));
        if (world.random.chance(0.7)) await work;
        else world.start(async () => void (await work));
      }
    };
    const liveThief = async () => {
      await pause(profile.duration / 2);
      await steal(this, world.random.pick(this.people), "203.0.113.66");
    };
    const flood = async () => {
      await pause(profile.duration);
      this.counts.add("floods");
      this.#sendFlood(world.random.pick(this.people), profile.flood);
    };
    const probe = async () => {
      while (!this.#isSettled) {
        await world.sleep(PROBE_PAUSE);
        await this.#probe();
      }
    };

    world.start(async () => {
      if (profile.isNew) await this.#insist(() => gateway.rotate());
      else gateway.prepare();
      gateway.hasFaults = profile.faultRate > 0 || profile.lostAnswers > 0 || profile.repeatedDeliveries > 0;
      const lives = this.people.map((person) => livePerson(person));
      const rest = [
        liveOperators(),
        ...(profile.thieves ? [liveThief()] : []),
        ...(profile.flood > 0 ? [flood()] : []),
      ];
      world.start(probe);
      for (const life of [...lives, ...rest]) world.start(() => life);
      await world.sleep(profile.duration);
      isQuiet = true;
      gateway.hasFaults = false;
      world.note("quiet");
      await Promise.all([...lives, ...rest]);
      await this.#settle();
      isOver = true;
    });
    await world.runUntil(() => isOver);
    gateway.release();
  }

  #sendFlood(person: Person, count: number): void {
    const { random } = this.world;
    const { queues } = this.gateway;
    for (let i = 0; i < count; i++) {
      const uid = random.bytes(12).toString("base64url").slice(0, 14) + person.uid.slice(-2);
      const target = random.chance(0.5)
        ? { type: "user", uid }
        : { type: "session", uid, sid: random.bytes(12).toString("base64url") };
      queues.send(queues.queue("example-revocations"), JSON.stringify({ version: 1, target, by: "flood", reason: "" }));
    }
  }

  /** Without faults, what is tried again comes to its end. */
  async #insist(work: () => Promise<boolean>): Promise<void> {
    for (let attempt = 0; attempt < LAST_ATTEMPTS; attempt++) {
      if (await work()) return;
      await this.world.sleep(30_000);
    }
    throw new Violation(
      "convergence after quiet",
      "what was begun does not come to its end although nothing fails any more",
    );
  }

  /** After the last fault: everything that was begun ends, and the schedules run. */
  async #settle(): Promise<void> {
    const { world, gateway } = this;
    const deadline = world.now() + 6 * QUIET;
    gateway.redrive();
    while (!gateway.isIdle()) {
      if (world.now() > deadline)
        throw new Violation("convergence after quiet", "there are messages left on the queues");
      await world.sleep(5_000);
      gateway.redrive();
    }
    // Who began a lockdown and never heard that it was done begins it again.
    if (this.model.revocations.some(({ kind, doneAt }) => kind === "gateway" && doneAt === undefined))
      await this.#insist(() => operate(this, "lockdown", this.people[0]!));
    await this.#insist(() => gateway.rotate());
    await this.#insist(async () => "result" in (await gateway.operate({ operation: "tidy" })));
    if (this.profile.endsWithSweep)
      await this.#insist(async () => "result" in (await gateway.operate({ operation: "sweep" })));
    await world.sleep(PROPAGATION * 1000 + 1_000);
    await this.#probe();
    this.#isSettled = true;
    await this.#checkStore();
    this.#checkLedger();
    this.#checkThefts();
    this.#checkProvider();
    await this.#checkPeople();
    await this.#checkRevoked();
    const buried = [...gateway.deadLetters.messages.values()];
    if (buried.length > 0) throw new Violation("nothing accepted is lost", `buried: ${buried[0]!.body}`);
  }

  async #checkStore(): Promise<void> {
    const { gateway } = this;
    const keys = JSON.parse(gateway.secrets.textOf(CURRENT)!) as SessionKeys;
    const prefix = keyRecordName("");
    const held = [...gateway.store.records.keys()]
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length));
    const [inSecret, inStore] = [Object.keys(keys.keys).sort().join(" "), held.sort().join(" ")];
    if (inSecret !== inStore)
      throw new Violation("one truth after a rotation", `the secret has the keys ${inSecret}, the store ${inStore}`);
    const outcome = await gateway.operate({ operation: "check" });
    const answer = "result" in outcome ? (outcome.result as { isRight: boolean }) : undefined;
    if (!answer?.isRight)
      throw new Violation(
        "convergence after quiet",
        `check says ${JSON.stringify("error" in outcome ? outcome.error.message : outcome)}`,
      );
  }

  /** What was accepted is in the ledger, and says of each session that it is about what it must. */
  #checkLedger(): void {
    const { model } = this;
    const { revocations, sessions, isVoid } = this.#ledger();
    for (const { kind, uid, sid, doneAt, by, askedAt } of model.revocations) {
      if (doneAt === undefined && by === "operator") continue;
      const id =
        kind === "session"
          ? sessionRevocationId(sid!)
          : kind === "user"
            ? userRevocationId(uid!)
            : gatewayRevocationId("A");
      if (!revocations.has(id))
        throw new Violation("nothing accepted is lost", `the ledger has no ${id}, accepted at ${time(askedAt)}`);
    }
    for (const id of this.#flood)
      if (!revocations.has(id)) throw new Violation("nothing accepted is lost", `the ledger has no ${id} of the flood`);
    for (const session of model.sessions.values()) {
      const { pk, sk } = sessionKeyOf(session.uid, session.sid);
      if (!sessions.has(pk + sk)) throw new Violation("nothing breaks", `the ledger has no session ${session.sid}`);
      const ended = model.against(session).find(({ doneAt }) => doneAt !== undefined);
      if (ended && !isVoid(session))
        throw new Violation(
          "nothing accepted is lost",
          `session ${session.sid} is not void in the ledger, although ${ended.kind} was revoked at ${time(ended.askedAt)}`,
        );
    }
  }

  #ledger() {
    const { dynamoDb } = this.gateway;
    const revocations = new Map(
      dynamoDb.items<Revocation & { id: string }>(TABLES.revocationsTable).map((item) => [item.id, item]),
    );
    const sessions = new Map(
      dynamoDb
        .items<LedgerSession & { pk: string; sk: string }>(TABLES.sessionsTable)
        .map((item) => [item.pk + item.sk, item]),
    );
    const isVoid = ({ uid, sid }: KnownSession): boolean => {
      const { pk, sk } = sessionKeyOf(uid, sid);
      const ids = [userRevocationId(uid), sessionRevocationId(sid), gatewayRevocationId(gatewayPartOf(uid))];
      return isRevoked(
        sessions.get(pk + sk)!,
        ids.flatMap((id) => revocations.get(id) ?? []),
      );
    };
    return { revocations, sessions, isVoid };
  }

  /** What began at a session of the provider that is over has ended with it, also what was under way. */
  #checkProvider(): void {
    for (const session of this.model.sessions.values()) {
      const over = this.model.endedAtProvider.get(session.providerSid);
      if (over && !session.isSignedOut && this.model.against(session).length === 0)
        throw new Violation(
          "nothing accepted is lost",
          `session ${session.sid} (${session.who}) lives, although the provider ended its own at ${time(over.askedAt)}`,
        );
    }
  }

  /**
   * Whose cookie came from two addresses has lost the session. A revocation of the user from before it began can have
   * ended it, too, because clocks differ.
   */
  #checkThefts(): void {
    const { isVoid } = this.#ledger();
    for (const uses of this.uses.values()) {
      const renewed = uses.find(({ isRenewed }) => isRenewed);
      const others = uses.filter(
        ({ address, outcome }) => renewed && address !== renewed.address && !UNDECIDED.test(outcome),
      );
      if (!renewed || others.length === 0) continue;
      const session = this.model.sessions.get(renewed.sid);
      if (session && this.model.against(session).length === 0 && !isVoid(session))
        throw new Violation(
          "no thief escapes",
          `a refresh cookie of session ${renewed.sid} was used at ${renewed.address} and ${others[0]!.address} (${others[0]!.outcome}), and the session was not ended`,
        );
    }
  }

  /** Everybody can work, and who is innocent is asked for nothing. */
  async #checkPeople(): Promise<void> {
    for (const person of this.people) {
      if (await person.visit()) continue;
      // Clocks that differ may keep somebody out for some minutes after a revocation.
      await this.world.sleep(10 * 60_000);
      if (!(await person.visit())) throw new Violation("nothing breaks", `${person.sub} cannot sign in any more`);
    }
  }

  /**
   * What is revoked stays out with whatever cookies it had: who kept them tries them all, also when the ledger begins
   * to forget.
   */
  async #checkRevoked(): Promise<void> {
    this.counts.add("conflicts at the store", this.gateway.store.conflicts);
    const { random } = this.world;
    const { absolute } = this.profile.session;
    await this.world.sleep(
      random.pick([0, 30 * 60_000, 26 * 3_600_000, (LEDGER_RETENTION + absolute) * 1000]) + random.whole(0, 300_000),
    );
    for (const jar of this.#kept) {
      const browser = new Browser(this, "203.0.113.77", () => random.whole(0, this.profile.edges - 1), jar);
      const session = browser.session();
      if (!session || !this.model.endedBy(session, this.world.now())) continue;
      this.counts.add("old cookies tried");
      // A token that comes of it is a violation.
      if (random.chance(0.5)) await browser.script("POST", "/_gate/refresh");
      else await browser.navigate("/_gate/login?return_to=%2Fwiki%2Fpage", "none");
    }
    await this.#probe();
  }

  /** Somebody keeps a browser's cookies, beyond the end that the gateway gave them. */
  keep(jar: CookieJar): void {
    const kept = createCookieJar(() => 0);
    for (const name of jar.names()) kept.plant(name, jar.get(name)!, name.startsWith("__Secure-") ? "/_gate" : "/");
    this.#kept.push(kept);
    if (this.#kept.length > MOST_KEPT) this.#kept.splice(this.world.random.whole(0, MOST_KEPT - 1), 1);
  }
}

/** The id of a user, as the gateway makes it. */
function uidOf(issuer: string, subject: string): string {
  return userId((text) => createHash("sha256").update(text).digest("base64url"), issuer, subject);
}

function time(at: number | undefined): string {
  return at === undefined ? "never" : new Date(at).toISOString().slice(11, 23);
}

export async function runHistory(
  seed: number,
  bundles: Bundles,
  trace?: (line: string) => void,
  change?: (profile: Profile) => void,
): Promise<Result> {
  const history = new History(seed, bundles, trace, change);
  const violation = await history.run().then(
    () => undefined,
    (error: unknown) =>
      error instanceof Violation
        ? { invariant: error.invariant, message: error.message }
        : { invariant: "nothing breaks", message: String((error as Error).stack ?? error) },
  );
  const { world, counts, gateway, profile } = history;
  // Calls of one moment are noted in no order.
  const digest = createHash("sha256")
    .update([...world.log].sort().join("\n"))
    .digest("hex");
  return {
    seed,
    ...(violation && { violation }),
    log: world.log,
    digest,
    counts: counts.of,
    calls: gateway.network.calls,
    profile,
  };
}
