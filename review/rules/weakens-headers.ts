/** Security headers that CloudFront adds to responses. */
import type { Change, Values } from "../plan/plan";
import { behaviors } from "../plan/distribution";
import { block, blocks, isSame, strings } from "../plan/values";
import { say } from "../sentence";
import { aboutChanges, high, isRemoved, low, medium, type Findings } from "../rule";

export const weakensHeaders = aboutChanges({
  id: "weakens-headers",
  title: "Weakens the security headers",
  help: "Browsers protect people only as far as these headers say. Let an application set its own instead of dropping the default.",
  types: ["aws_cloudfront_response_headers_policy", "aws_cloudfront_distribution"],
  examine: (change) => (change.type === "aws_cloudfront_distribution" ? distribution(change) : policy(change)),
});

function distribution({ action, before, after }: Change): Findings {
  if (action !== "update") return [];
  const old = new Map(behaviors(before!).map(([path, behavior]) => [path, behavior["response_headers_policy_id"]]));
  return behaviors(after!).map(
    ([path, behavior]) =>
      (old.get(path) ?? "") !== "" &&
      (behavior["response_headers_policy_id"] ?? "") === "" &&
      medium(say`Responses of behavior ${path} get no security headers any more.`),
  );
}

function policy(change: Change): Findings {
  if (isRemoved(change) && change.action === "delete") return [medium(say`The security headers are deleted.`)];
  const { before, after } = change;
  if (before === undefined || after === undefined) return [];
  const [was, is] = [before, after].map((values) => block(values["security_headers_config"]));
  return [
    ...transport(was!, is!),
    ...frames(was!, is!),
    ...others(was!, is!),
    ...sharing(before, after),
    ...custom(before, after),
  ];
}

function transport(was: Values, is: Values): Findings {
  const [old, now] = [was, is].map((values) => block(values["strict_transport_security"]));
  const [before, after] = [old, now].map((values) => Number(values!["access_control_max_age_sec"] ?? 0));
  return [
    after! < before! &&
      high(say`Browsers keep to https for ${after!} seconds instead of ${before!} (Strict-Transport-Security).`),
    after! > 0 &&
      old!["override"] === true &&
      now!["override"] === false &&
      medium(say`An origin may now set Strict-Transport-Security itself.`),
    old!["include_subdomains"] === true &&
      now!["include_subdomains"] !== true &&
      after! > 0 &&
      medium(say`Strict-Transport-Security no longer includes subdomains.`),
  ];
}

function frames(was: Values, is: Values): Findings {
  const [before, after] = [was, is].map((values) => block(values["frame_options"])["frame_option"]);
  if (before === undefined || before === after) return [];
  if (after === undefined) return [medium(say`Any site may show these pages in a frame (X-Frame-Options is gone).`)];
  return [
    before === "DENY" &&
      medium(say`Pages of the same site may show these pages in a frame (X-Frame-Options ${String(after)}).`),
  ];
}

/** Names as in `security_headers_config`. */
const HEADERS = {
  content_type_options: "X-Content-Type-Options",
  content_security_policy: "Content-Security-Policy",
  referrer_policy: "Referrer-Policy",
} as const;

function others(was: Values, is: Values): Findings {
  return Object.entries(HEADERS).flatMap(([name, header]): Findings => {
    const [before, after] = [was, is].map((values) => block(values[name]));
    if (isSame(before, {})) return [];
    if (isSame(after, {})) return [medium(say`${header} is no longer set.`)];
    const { override: _, ...old } = before!;
    const { override: __, ...now } = after!;
    return [
      !isSame(old, now) && medium(say`${header} changes to ${String(Object.values(now)[0])}.`),
      before!["override"] === true && after!["override"] === false && low(say`An origin may now set ${header} itself.`),
    ];
  });
}

/** https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS */
function sharing(before: Values, after: Values): Findings {
  const [was, is] = [before, after].map((values) => block(values["cors_config"]));
  const origins = (values: Values) => strings(block(values["access_control_allow_origins"])["items"]);
  const added = origins(is!).filter((origin) => !origins(was!).includes(origin));
  const credentials = is!["access_control_allow_credentials"] === true;
  return [
    added.length > 0 && {
      severity: credentials || added.includes("*") ? "high" : "medium",
      message: say`Scripts of ${added.join(", ")} may read responses (CORS).`,
    },
    credentials &&
      was!["access_control_allow_credentials"] !== true &&
      high(say`Scripts of other sites may send the user's cookies (CORS).`),
  ];
}

function custom(before: Values, after: Values): Findings {
  const items = (values: Values) =>
    new Map(blocks(block(values["custom_headers_config"])["items"]).map((item) => [String(item["header"]), item]));
  const now = items(after);
  return [...items(before)].flatMap(([header, item]): Findings => {
    const kept = now.get(header);
    if (kept === undefined) return [medium(say`The header ${header} is no longer set.`)];
    return [kept["value"] !== item["value"] && low(say`The header ${header} changes to ${String(kept["value"])}.`)];
  });
}
