import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { Wafv2WebAclLoggingConfiguration } from "@cdktf/provider-aws/lib/wafv2-web-acl-logging-configuration";
import { Construct } from "constructs";
import type { Config } from "../../config/schema";
import { rateLimitsOf } from "../../config/waf";
import { logStorage } from "../log-storage";
import { webAclLogGroupName } from "../names";

/** Headers that can hold a session, a code, a token or a key. Logs have every other header of a request. */
const SECRET_HEADERS = [
  "authorization",
  "cookie",
  "dpop",
  "proxy-authorization",
  "referer",
  "x-access-token",
  "x-amz-security-token",
  "x-api-key",
  "x-auth-token",
  "x-csrf-token",
  "x-xsrf-token",
];

/** EXCLUDED_AS_COUNT, CAPTCHA and CHALLENGE come from managed groups. */
const LOGGED = ["BLOCK", "COUNT", "EXCLUDED_AS_COUNT", "CAPTCHA", "CHALLENGE"];

/**
 * Logs what the web ACL blocks or counts, without queries and secrets.
 *
 * https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
 */
export class WebAclLogs extends Construct {
  readonly groupName: string;

  constructor(scope: Construct, id: string, props: { config: Config; webAclArn: string }) {
    super(scope, id);
    const { config, webAclArn } = props;
    const group = new CloudwatchLogGroup(this, "Resource", {
      name: webAclLogGroupName(config),
      ...logStorage(config),
    });
    this.groupName = group.name;
    new Wafv2WebAclLoggingConfiguration(this, "configuration", {
      resourceArn: webAclArn,
      logDestinationConfigs: [group.arn],
      redactedFields: [{ queryString: {} }, ...redactedHeaders(config).map((name) => ({ singleHeader: { name } }))],
      loggingFilter: {
        defaultBehavior: "DROP",
        filter: [
          {
            behavior: "KEEP",
            requirement: "MEETS_ANY",
            condition: LOGGED.map((action) => ({ actionCondition: { action } })),
          },
        ],
      },
    });
  }
}

/** A header that rate limits count by can hold an API key. */
function redactedHeaders(config: Config): string[] {
  const keys = Object.values(rateLimitsOf(config)).flatMap(({ key }) => (key === "ip" ? [] : [key.header]));
  return [...new Set([...SECRET_HEADERS, ...keys])].sort();
}
