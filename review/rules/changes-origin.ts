/** The targets of requests behind the gate, and their protection from direct requests. */
import { say } from "../sentence";
import { aboutChanges, high, low, medium, type Findings } from "../rule";
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
          after!["signing_behavior"] !== "always" &&
          high(
            say`CloudFront no longer signs every request (${String(after!["signing_behavior"])}): the origin must be open to be read.`,
          ),
      ];
    if (action !== "update") return [];
    return originChanges(change).flatMap(({ id, before: was, after: is }) => changed(id, was, is));
  },
});

function changed(id: string, was: Values, is: Values): Findings {
  const known = (one: Values, name: string) => (typeof one[name] === "string" ? one[name] : "");
  const [from, to] = [was, is].map((one) => known(one, "domain_name"));
  const [path, newPath] = [was, is].map((one) => known(one, "origin_path"));
  const lost = headers(was).filter((name) => !headers(is).includes(name));
  return [
    to !== "" && from !== to && medium(say`Requests to origin ${id} go to ${to!} instead of ${from!}.`),
    path !== newPath && low(say`Requests to origin ${id} go below ${newPath! || "/"} instead of ${path! || "/"}.`),
    known(was, "origin_access_control_id") !== "" &&
      is["origin_access_control_id"] === "" &&
      high(say`CloudFront no longer signs its requests to origin ${id}: the origin must be open to be read.`),
    lost.length > 0 && medium(say`Origin ${id} no longer gets the header ${lost.join(", ")}.`),
    !isSame(was["vpc_origin_config"], is["vpc_origin_config"]) &&
      blocks(is["vpc_origin_config"]).length === 0 &&
      high(say`Origin ${id} is no longer in a VPC.`),
  ];
}

function headers(origin: Values): string[] {
  return blocks(origin["custom_header"]).map(({ name }) => String(name));
}
