/** The input and the output of a comparison. */
import type { Method } from "../access";
import type { GatePolicy } from "../read-source";
import type { Allow, Conditions } from "../rule";

/** `other` stands for each method that rules cannot name. */
export type MethodName = Method | "other";

/** Conditions of a rule other than roles and provider. */
export type ConditionName = Exclude<keyof Conditions, "public" | "roles" | "allRoles" | "idp">;

/** A policy and the other settings that decide about a request. */
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
  /** Patterns within it whose paths this row does not cover. */
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
  /**
   * Who may pass; undefined if no rule matches, `nobody` if a rule says so. While the site is closed, `gains` and
   * `loses` are more exact.
   */
  before: Allow | undefined;
  after: Allow | undefined;
  /**
   * Groups of people, in words, such as `role editor`. Together they are exactly those who gain access. A group begins
   * with `perhaps` if it takes too long to compute which of its members gain access.
   */
  gains: readonly string[];
  loses: readonly string[];
  /** True if people no longer need to sign in. */
  newlyPublic: boolean;
  /**
   * Conditions that applied before and that people who gain access no longer have to meet. Absent if there are none.
   */
  newlyWithout?: readonly ConditionName[];
}
