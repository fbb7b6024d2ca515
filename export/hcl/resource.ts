/** Resources and data sources: meta-arguments, and the arguments of the provider's schema. */
import { blocksOf } from "./blocks";
import { bodyOf } from "./body";
import { HclError } from "./error";
import { argument, block, type Argument, type Block, type Item } from "./layout";
import { isObject, listOf, reference, references } from "./json";
import { expressionOf, listText } from "./value";

/**
 * Arguments that the AWS provider compares and stores as JSON, so that the order of keys does not matter
 * (`StateFunc` and `DiffSuppressFunc` in https://github.com/hashicorp/terraform-provider-aws/tree/v5.100.0/internal/service).
 */
const JSON_ARGUMENTS: Record<string, string[]> = {
  aws_cloudwatch_dashboard: ["dashboard_body"],
  aws_iam_role: ["assume_role_policy"],
  aws_iam_role_policy: ["policy"],
  aws_s3_bucket_policy: ["policy"],
  aws_sns_topic_policy: ["policy"],
  aws_sqs_queue_policy: ["policy"],
};

/** @throws HclError for unsupported parts: provisioners, unknown types, wrong forms */
export function resourceBlock(kind: "resource" | "data", type: string, name: string, value: unknown): Block {
  const place = `${kind}.${type}.${name}`;
  if (!isObject(value)) throw new HclError(place, `this is a block; write an object, not ${JSON.stringify(value)}`);
  const { count, for_each, provider, depends_on, lifecycle, ...body } = value;
  for (const unsafe of ["provisioner", "connection"])
    if (unsafe in body)
      throw new HclError(`${place}.${unsafe}`, "provisioners run programs on the machine that applies; remove it");
  const blocks = blocksOf(kind === "data" ? `data ${type}` : type, place);
  const repeated = Object.entries({ count, for_each }).filter(([, times]) => times !== undefined && times !== null);
  return block(`${kind} "${type}" "${name}"`, [
    ...repeated.map(([key, times]) => apart(argument(key, expressionOf(times, { place: `${place}.${key}` })))),
    ...(provider ? [apart(argument("provider", reference(provider, `${place}.provider`)))] : []),
    ...bodyOf(body, "", { place, blocks, json: JSON_ARGUMENTS[type] ?? [] }),
    ...listOf(lifecycle, `${place}.lifecycle`).map((each) => lifecycleBlock(each, `${place}.lifecycle`)),
    ...(Array.isArray(depends_on) && depends_on.length === 0 ? [] : dependencies(depends_on, `${place}.depends_on`)),
  ]);
}

function apart(item: Argument): Argument {
  return { ...item, isApart: true };
}

function dependencies(value: unknown, place: string): Item[] {
  return value === undefined || value === null ? [] : [argument("depends_on", listText(references(value, place)))];
}

/** https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle */
function lifecycleBlock(body: Record<string, unknown>, place: string): Block {
  const items = Object.entries(body).flatMap(([name, value]): Item[] => {
    const inside = `${place}.${name}`;
    if (name === "//" || value === null) return [];
    if (name === "create_before_destroy" || name === "prevent_destroy") {
      if (typeof value === "boolean") return [argument(name, String(value))];
      throw new HclError(inside, `write true or false, not ${JSON.stringify(value)}`);
    }
    if (name === "ignore_changes" && [value].flat().join() === "all") return [argument(name, "all")];
    if (name === "ignore_changes" || name === "replace_triggered_by")
      return [argument(name, listText(references(value, inside)))];
    if (name === "precondition" || name === "postcondition") return conditions(name, value, inside);
    throw new HclError(inside, "there is no such argument of a lifecycle");
  });
  const isBlock = ({ kind }: Item) => kind === "block";
  return block("lifecycle", [...items.filter((item) => !isBlock(item)), ...items.filter(isBlock)]);
}

/** `validation`, `precondition` and `postcondition`. */
export function conditions(name: string, value: unknown, place: string): Item[] {
  return listOf(value, place).map(({ condition, error_message: message, ...others }) => {
    const [unknown] = Object.keys(others).filter((key) => key !== "//");
    if (unknown !== undefined || condition === undefined || message === undefined)
      throw new HclError(place, "write condition and error_message, and nothing else");
    return block(name, [
      argument("condition", expressionOf(condition, { place: `${place}.condition` })),
      argument("error_message", expressionOf(message, { place: `${place}.error_message` })),
    ]);
  });
}
