/** The targets of requests behind the gate, and their protection from direct requests. */
import { say } from "../sentence";
import { aboutChanges, type Found } from "../rule";
import { blocks, isSame } from "../plan/values";
import type { Values } from "../plan/plan";
import { originChanges } from "../plan/distribution";

export const changesOrigin = aboutChanges({
  id: "changes-origin",
  title: "Changes an origin or what protects it",
  help: "Requests carry the user's identity to the origin. Make sure that the new one is yours, and that nobody can reach it around the gate.",
  types: ["aws_cloudfront_distribution", "aws_cloudfront_origin_access_control"],
  examine: (change) => {
    const { type, action, before, after } = change;
    if (type === "aws_cloudfront_origin_access_control")
      return [
        action === "update" &&
          before!["signing_behavior"] === "always" &&
          after!["signing_behavior"] !== "always" && {
            severity: "high",
            message: say`CloudFront no longer signs every request (${String(after!["signing_behavior"])}): the origin must be open to be read.`,
          },
      ];
    if (action !== "update") return [];
    return originChanges(change).flatMap(({ id, before: was, after: is }) => changed(id, was, is));
  },
});

function changed(id: string, was: Values, is: Values): Omit<Found, "address">[] {
  const found: Omit<Found, "address">[] = [];
  const known = (one: Values, name: string) => (typeof one[name] === "string" ? one[name] : "");
  const [from, to] = [was, is].map((one) => known(one, "domain_name"));
  if (to !== "" && from !== to)
    found.push({ severity: "medium", message: say`Requests to origin ${id} go to ${to!} instead of ${from!}.` });
  const [path, newPath] = [was, is].map((one) => known(one, "origin_path"));
  if (path !== newPath)
    found.push({
      severity: "low",
      message: say`Requests to origin ${id} go below ${newPath! || "/"} instead of ${path! || "/"}.`,
    });
  if (known(was, "origin_access_control_id") !== "" && is["origin_access_control_id"] === "")
    found.push({
      severity: "high",
      message: say`CloudFront no longer signs its requests to origin ${id}: the origin must be open to be read.`,
    });
  const lost = headers(was).filter((name) => !headers(is).includes(name));
  if (lost.length > 0)
    found.push({ severity: "medium", message: say`Origin ${id} no longer gets the header ${lost.join(", ")}.` });
  if (!isSame(was["vpc_origin_config"], is["vpc_origin_config"]) && blocks(is["vpc_origin_config"]).length === 0)
    found.push({ severity: "high", message: say`Origin ${id} is no longer in a VPC.` });
  return found;
}

function headers(origin: Values): string[] {
  return blocks(origin["custom_header"]).map(({ name }) => String(name));
}
