/** Reads the JSON of a plan. Everything else that people try gets an error that says what to type. */
import type { Action, Change, ModuleConfiguration, Plan, Values } from "./plan";

export const HOW_TO_SHOW = "write: terraform plan -out=tfplan && terraform show -json tfplan > plan.json";

/** Not the JSON of a plan. */
export class PlanError extends Error {
  override readonly name = "PlanError";

  /** @param hint what to do */
  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}

interface PlanJson {
  format_version?: unknown;
  resource_changes?: unknown;
  resource_drift?: { address?: unknown; change?: { actions?: unknown } }[];
  configuration?: { root_module?: ModuleConfiguration };
  planned_values?: unknown;
  values?: unknown;
  version?: unknown;
  lineage?: unknown;
  errored?: unknown;
  complete?: unknown;
}

/** @throws PlanError */
export function readPlan(bytes: Buffer): Plan {
  // A plan file is a zip archive: https://github.com/hashicorp/terraform/blob/v1.11.4/internal/plans/planfile/doc.go
  if (bytes.subarray(0, 2).toString("latin1") === "PK")
    throw new PlanError("this is a plan file, not its JSON", "write: terraform show -json tfplan > plan.json");
  const text = decoded(bytes).trim();
  if (text === "") throw new PlanError("the plan is empty", HOW_TO_SHOW);
  if (text.startsWith('{"@level"'))
    throw new PlanError("this is the log of terraform plan -json, not the plan's JSON", HOW_TO_SHOW);
  const json = parsed(text);
  if (json.lineage !== undefined || json.version !== undefined)
    throw new PlanError("this is a state, not a plan", HOW_TO_SHOW);
  if (json.format_version === undefined) throw new PlanError("this is not the JSON of a plan", HOW_TO_SHOW);
  if (json.planned_values === undefined)
    throw new PlanError(
      json.values === undefined
        ? "this plan is empty: it has no planned_values"
        : "this is the JSON of a state, not of a plan",
      HOW_TO_SHOW,
    );
  if (!/^1\./.test(String(json.format_version)))
    throw new PlanError(
      `this plan has format ${JSON.stringify(json.format_version)}; formats 1.x can be read`,
      "use Terraform 1.11 or newer, or update edgegate",
    );
  if (json.errored === true)
    throw new PlanError(
      "Terraform could not finish this plan, so it says only a part of what would change",
      "fix the error that terraform plan printed, and plan again",
    );
  const changes = list(json.resource_changes).filter(({ mode }) => mode === "managed");
  return {
    changes: changes.map(changeOf),
    drifted: (json.resource_drift ?? []).map(({ address }) => String(address)),
    isComplete: json.complete !== false,
    configuration: json.configuration?.root_module ?? {},
  };
}

/** PowerShell writes UTF-16 with a byte order mark where `>` is used. */
function decoded(bytes: Buffer): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}

function parsed(text: string): PlanJson {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new PlanError(
      /Terraform will perform|No changes\./.test(text) ? "this is a plan for people, not its JSON" : "this is not JSON",
      HOW_TO_SHOW,
    );
  }
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw new PlanError("this is not the JSON of a plan", HOW_TO_SHOW);
  return json;
}

function list(value: unknown): Record<string, unknown>[] {
  if (value === undefined) return [];
  const isList = Array.isArray(value) && value.every((one) => typeof one === "object" && one !== null);
  if (!isList) throw new PlanError('this is not the JSON of a plan: "resource_changes" is not a list', HOW_TO_SHOW);
  return value as Record<string, unknown>[];
}

function changeOf(resource: Record<string, unknown>): Change {
  const { address, module_address: module, type, name } = resource;
  const change = resource["change"] as Record<string, unknown> | undefined;
  const actions = change?.["actions"];
  if (typeof address !== "string" || typeof type !== "string" || change === undefined || !Array.isArray(actions))
    throw new PlanError(
      "this is not the JSON of a plan: a resource change has no address, type or actions",
      HOW_TO_SHOW,
    );
  return {
    address,
    module: typeof module === "string" ? module : "",
    type,
    name: String(name),
    action: actionOf(actions as string[]),
    before: valuesOf(change["before"]),
    after: valuesOf(change["after"]),
    afterUnknown: change["after_unknown"],
    beforeSensitive: change["before_sensitive"],
    afterSensitive: change["after_sensitive"],
    replacedFor: ((change["replace_paths"] ?? []) as unknown[][]).map((path) => String(path[0])),
  };
}

function valuesOf(value: unknown): Values | undefined {
  return typeof value === "object" && value !== null ? (value as Values) : undefined;
}

/** https://developer.hashicorp.com/terraform/internals/json-format#change-representation */
function actionOf(actions: readonly string[]): Action {
  if (actions.includes("forget")) return "forget";
  if (actions.length === 2) return "replace";
  const [action] = actions;
  return action === "create" || action === "update" || action === "delete" ? action : "none";
}
