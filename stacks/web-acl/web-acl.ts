import { Wafv2IpSet } from "@cdktf/provider-aws/lib/wafv2-ip-set";
import { Wafv2WebAcl, type Wafv2WebAclRule } from "@cdktf/provider-aws/lib/wafv2-web-acl";
import { Construct } from "constructs";
import type { Config } from "../../config/schema";
import type { WafRules } from "../../config/waf";
import { themeOf } from "../settings";
import { literal } from "../terraform-text";
import { CapacityCheck } from "./capacity";
import { WebAclLogs } from "./logs";
import { blockedPages } from "./page";
import { BLOCKED_PAGE, rulesOf, type Rule } from "./rules";

/** The web ACL in front of the distribution: requests that it blocks reach neither gate nor handler. */
export class WebAcl extends Construct {
  readonly arn: string;
  readonly logGroupName: string;

  constructor(scope: Construct, id: string, config: Config, settings: WafRules) {
    super(scope, id);
    const rules = rulesOf(config, settings, (list, version, addresses) => {
      const name = `${list}-ipv${version}`;
      const ipAddressVersion = `IPV${version}`;
      return new Wafv2IpSet(this, name, {
        name: `${config.name}-${name}`,
        scope: "CLOUDFRONT",
        ipAddressVersion,
        addresses,
      }).arn;
    });
    this.arn = new Wafv2WebAcl(this, "Resource", {
      name: `${config.name}-gateway`,
      description: `In front of ${config.name}`,
      scope: "CLOUDFRONT",
      defaultAction: { allow: {} },
      customResponseBody: Object.entries(blockedPages(themeOf(config))).map(([key, content]) => ({
        key,
        content: literal(content),
        contentType: "TEXT_HTML",
      })),
      rule: rules.map(({ name, priority, statement, action }) => ({
        name,
        priority,
        statement: literal(statement),
        ...actionOf(action, settings.mode),
        visibilityConfig: visibility(`${config.name}-${name}`),
      })),
      visibilityConfig: visibility(`${config.name}-gateway`),
      lifecycle: { createBeforeDestroy: true },
    }).arn;
    this.logGroupName = new WebAclLogs(this, "logs", { config, webAclArn: this.arn }).groupName;
    this.node.addValidation(new CapacityCheck(rules));
  }
}

function actionOf(action: Rule["action"], mode: WafRules["mode"]): Pick<Wafv2WebAclRule, "action" | "overrideAction"> {
  if (action === "allow") return { action: { allow: {} } };
  if (action === "group") return { overrideAction: mode === "count" ? { count: {} } : { none: {} } };
  if (mode === "count") return { action: { count: {} } };
  const customResponse =
    action === "limit"
      ? { responseCode: 429, customResponseBodyKey: "limited" }
      : { responseCode: 403, customResponseBodyKey: BLOCKED_PAGE };
  return { action: { block: { customResponse } } };
}

/**
 * No sampled requests: they would show session cookies and authorization codes to everyone with access to the console.
 */
function visibility(metricName: string): Wafv2WebAclRule["visibilityConfig"] {
  return { cloudwatchMetricsEnabled: true, metricName, sampledRequestsEnabled: false };
}
