/**
 * A plan, as far as a review reads it: the JSON of `terraform show -json PLAN`
 * (https://developer.hashicorp.com/terraform/internals/json-format#plan-representation).
 */

export type Values = Readonly<Record<string, unknown>>;

/** What Terraform will do. `replace` deletes and creates, in either order; `forget` only takes it out of the state. */
export type Action = "none" | "create" | "update" | "replace" | "delete" | "forget";

export interface Change {
  address: string;
  /** The module's address; empty for the root. */
  module: string;
  type: string;
  name: string;
  action: Action;
  /** Undefined if it does not exist before. */
  before: Values | undefined;
  /** Undefined if it does not exist after the change. Members that are known only after the apply are absent. */
  after: Values | undefined;
  /** `true` for each value that is known only after the apply. */
  afterUnknown: unknown;
  /** `true` for each value that must not be shown. */
  beforeSensitive: unknown;
  afterSensitive: unknown;
  /** Attributes that make it a replacement, such as `name`. */
  replacedFor: string[];
}

/** The written expressions, without values: the references of each. */
export interface ModuleConfiguration {
  resources?: { address: string; type: string; mode: string; expressions?: Values }[];
  outputs?: Record<string, { expression?: unknown }>;
  module_calls?: Record<string, { expressions?: Values; module?: ModuleConfiguration }>;
}

export interface Plan {
  /** Managed resources, in the plan's order. */
  changes: Change[];
  /** Addresses of what was changed outside Terraform since the last apply. */
  drifted: string[];
  /** False if Terraform left something out: `-target`, or a deferred change. */
  isComplete: boolean;
  configuration: ModuleConfiguration;
}
