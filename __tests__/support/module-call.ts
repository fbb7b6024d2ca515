/** Other values for the variables of an exported module. */
import type { Config } from "../../config/schema";
import { put } from "../../export/nested";
import type { Replaced } from "../../export/template";

/** A config of the same shape, with other values wherever a module has a variable. */
export function withOtherValues(config: Config, replaced: readonly Replaced[]): Config {
  const other = structuredClone(config);
  for (const { keys, value, option } of replaced) put(other, keys, otherThan(value, option.path));
  return other;
}

const OTHERS: Record<string, unknown> = {
  name: "other",
  "session.onReuse": "record",
  "theme.productName": "Other",
  "iam.rolePath": "/other/",
  hostedZoneId: "Z0OTHER",
};

export function otherThan(value: unknown, path: string): unknown {
  if (path in OTHERS) return OTHERS[path];
  if (typeof value === "number") return value === 60 ? 90 : 60;
  if (Array.isArray(value)) return [...(value as string[]), "more.example.net"];
  const text = String(value);
  if (text.startsWith("arn:")) return text.replaceAll("111122223333", "444455556666");
  // Values that differ stay different: equal origins would be one.
  return text.startsWith("https://") ? text.replace("https://", "https://x") : `x${text}`;
}
