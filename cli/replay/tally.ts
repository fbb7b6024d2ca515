/** Counts replayed requests by effect, place and user. */
import type { Effect, LoggedRequest, Replayed } from "../../policy/replay";

export interface Group {
  effect: Exclude<Effect, "same">;
  method: string;
  host: string;
  pattern: string;
  before: number | undefined;
  after: number | undefined;
  requests: number;
  /** A path of one of the requests. */
  example: string;
  /** Requests by uid, if the log has one. */
  users: Map<string, number>;
}

/** Entries of all maps together: they bound the memory. Requests of further users are counted, but not by user. */
const MAX_USERS = 200_000;
const MAX_GROUPS = 20_000;

export class Tally {
  requests = 0;
  changed = 0;
  /** Requests that no rule decided: the gateway's own paths, requests that the web ACL blocked, failures. */
  undecided = 0;
  unreadable = 0;
  /** Requests that were not decided by the old rules. */
  byOthers = 0;
  /** True if there were too many users or groups to list all. */
  isCut = false;
  first: string | undefined;
  last: string | undefined;
  readonly #groups = new Map<string, Group>();
  #users = 0;

  /** @param when as the log writes it, in UTC */
  add(request: LoggedRequest, when: string, replayed: Replayed): void {
    this.requests++;
    if (!this.first || when < this.first) this.first = when;
    if (!this.last || when > this.last) this.last = when;
    if (!replayed.isByOldRules) this.byOthers++;
    const { effect, before, after, pattern, uid } = replayed;
    if (effect === "same") return;
    this.changed++;
    const { method, host, path } = request;
    const key = JSON.stringify([effect, method, host, before, after]);
    const group =
      this.#groups.get(key) ?? this.#newGroup(key, { effect, method, host, pattern, before, after, example: path });
    if (!group) return;
    group.requests++;
    if (uid === undefined) return;
    const known = group.users.get(uid);
    if (known === undefined && this.#users++ >= MAX_USERS) this.isCut = true;
    else group.users.set(uid, (known ?? 0) + 1);
  }

  #newGroup(key: string, group: Omit<Group, "requests" | "users">): Group | undefined {
    if (this.#groups.size >= MAX_GROUPS) {
      this.isCut = true;
      return undefined;
    }
    const made = { ...group, requests: 0, users: new Map<string, number>() };
    this.#groups.set(key, made);
    return made;
  }

  /** Certain effects first, then by the number of requests. */
  groups(): Group[] {
    const order: Effect[] = ["loses", "gains", "may lose", "may gain"];
    return [...this.#groups.values()].sort(
      (a, b) => order.indexOf(a.effect) - order.indexOf(b.effect) || b.requests - a.requests,
    );
  }
}
