/** What is compared, and what a comparison says. */
import type { Method } from "../access";
import type { GatePolicy } from "../read-source";
import type { Allow, Conditions } from "../rule";

/** `other` stands for each method that rules cannot name. */
export type MethodName = Method | "other";

/** What a rule can ask for, apart from who somebody is: not the roles or the provider. */
export type ConditionName = Exclude<keyof Conditions, "public" | "roles" | "allRoles" | "idp">;

/** A policy with what else decides about a request. */
export interface ComparedPolicy extends GatePolicy {
  /** The hosts that the gate serves; every host if absent. */
  hosts?: readonly string[];
}

export interface AccessChange {
  /** Undefined for every host that a gate serves, apart from `exceptHosts`. */
  host: string | undefined;
  /** Only with an undefined host: hosts for which this row is not true. */
  exceptHosts?: readonly string[];
  /** A pattern like those of rules. */
  path: string;
  /** Patterns within it whose paths this row does not speak of. */
  except: readonly string[];
  /** `other` is every method that rules cannot name. */
  methods: readonly MethodName[];
  /** True: only CORS preflights. False: `OPTIONS` without preflights. Absent: preflights are like other requests. */
  preflight?: boolean;
  /**
   * Paths with encoded characters that only rules with `escapes` allow. `only`: the row is about these. `also`: it is
   * about all paths. Absent: it is about other paths only.
   */
  escapes?: "only" | "also";
  /** Who may pass; undefined if no rule lets anybody, `nobody` if a rule says so. While the site is closed, `gains` and `loses` say it more exactly. */
  before: Allow | undefined;
  after: Allow | undefined;
  /**
   * Groups of people, in words, such as `role editor`. Together they are exactly those who gain access. One that begins
   * with `perhaps` is there if it takes too long to tell who of it gains access.
   */
  gains: readonly string[];
  loses: readonly string[];
  /** True if nobody needs to sign in any more. */
  newlyPublic: boolean;
  /** What each way in asked for before, and what people who gain access need no more. Absent if there is none. */
  newlyWithout?: readonly ConditionName[];
}
