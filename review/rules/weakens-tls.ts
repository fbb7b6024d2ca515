/** Encryption between people, CloudFront and origins. A behavior that answers http is a hole: holes/undecided-behavior.ts. */
import type { Values } from "../plan/plan";
import { block, blocks, strings } from "../plan/values";
import { say } from "../sentence";
import { aboutChanges, high, low, medium, type Findings } from "../rule";

/**
 * Weakest first.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
 */
const VIEWER_PROTOCOLS = [
  "SSLv3",
  "TLSv1",
  "TLSv1_2016",
  "TLSv1.1_2016",
  "TLSv1.2_2018",
  "TLSv1.2_2019",
  "TLSv1.2_2021",
  "TLSv1.2_2025",
  "TLSv1.3_2025",
];
const OLD_ORIGIN_PROTOCOLS = ["SSLv3", "TLSv1", "TLSv1.1"];

export const weakensTls = aboutChanges({
  id: "weakens-tls",
  title: "Weakens TLS",
  help: "Keep TLS 1.2 (TLSv1.2_2021 or newer) for viewers, https-only for origins, and no behavior that answers http.",
  types: ["aws_cloudfront_distribution"],
  examine: ({ before, after }) =>
    before === undefined || after === undefined ? [] : [...certificate(before, after), ...origins(before, after)],
});

function certificate(before: Values, after: Values): Findings {
  const [was, is] = [block(before["viewer_certificate"]), block(after["viewer_certificate"])];
  const [oldest, newest] = [was, is].map((one) => String(one["minimum_protocol_version"] ?? "TLSv1"));
  const isWeaker = VIEWER_PROTOCOLS.indexOf(newest!) < VIEWER_PROTOCOLS.indexOf(oldest!);
  const arn = (one: Values) => one["acm_certificate_arn"] ?? one["iam_certificate_id"] ?? "";
  return [
    isWeaker && high(say`Viewers may use ${newest!}; the least was ${oldest!}.`),
    arn(was) !== arn(is) &&
      (arn(is) === ""
        ? high(say`The certificate is taken away: browsers refuse the site's own domains.`)
        : low(say`Another certificate: ${String(arn(is))}. It must cover every domain of the site.`)),
  ];
}

function origins(before: Values, after: Values): Findings {
  const known = new Map(blocks(before["origin"]).map((origin) => [String(origin["origin_id"]), origin]));
  return blocks(after["origin"]).flatMap((origin) => {
    const id = String(origin["origin_id"]);
    const [was, is] = [known.get(id), origin].map((one) => block(one?.["custom_origin_config"]));
    const old = strings(is!["origin_ssl_protocols"]).filter(
      (name) => OLD_ORIGIN_PROTOCOLS.includes(name) && !strings(was!["origin_ssl_protocols"]).includes(name),
    );
    const protocol = is!["origin_protocol_policy"];
    return [
      protocol !== undefined &&
        protocol !== "https-only" &&
        was!["origin_protocol_policy"] !== protocol &&
        high(
          say`CloudFront may talk http to origin ${id} (${String(protocol)}): cookies and headers can be read on the way.`,
        ),
      old.length > 0 && medium(say`CloudFront may talk ${old.join(", ")} to origin ${id}.`),
    ];
  });
}
