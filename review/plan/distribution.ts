/** The blocks of a distribution, as Terraform's values have them. */
import type { Change, Values } from "./plan";
import { blocks } from "./values";

/** By path; the default one is last. */
export function behaviors(values: Values): [path: string, behavior: Values][] {
  return [
    ...blocks(values["ordered_cache_behavior"]).map((one): [string, Values] => [String(one["path_pattern"]), one]),
    ...blocks(values["default_cache_behavior"]).map((one): [string, Values] => ["(default)", one]),
  ];
}

export interface OriginChange {
  /** The ID of the origin after the change. */
  id: string;
  before: Values;
  after: Values;
}

/** Origins that stay, and origins that replace another one in a behavior. */
export function originChanges({ before, after }: Change): OriginChange[] {
  if (before === undefined || after === undefined) return [];
  const [was, is] = [before, after].map(
    (values) => new Map(blocks(values["origin"]).map((one) => [String(one["origin_id"]), one])),
  ) as [Map<string, Values>, Map<string, Values>];
  const targets = new Map(behaviors(before).map(([path, { target_origin_id: id }]) => [path, String(id)]));
  const pairs = [
    ...[...is.keys()].map((id) => [id, id] as const),
    ...behaviors(after).map(([path, { target_origin_id: id }]) => [targets.get(path) ?? "", String(id)] as const),
  ];
  const unique = [...new Map(pairs.map((pair) => [pair.join("\n"), pair])).values()];
  return unique.flatMap(([old, id]) => {
    const [first, second] = [was.get(old), is.get(id)];
    return first === undefined || second === undefined ? [] : [{ id, before: first, after: second }];
  });
}
