/** Saved queries ask for what is in the logs: fields that CloudFront, WAF and the revoker write, and texts of the gate. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../../config/load";
import { ACCESS_LOG_FIELDS } from "../../stacks/access-logs";
import { savedQueries } from "../../stacks/saved-queries";
import { SMALL } from "../support/small-config";

const QUERIES = Object.entries(savedQueries(parseConfig(SMALL)));
const OPERATIONS = readFileSync(join(__dirname, "../../docs/operations.md"), "utf8");

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html */
const COMMANDS = ["fields", "filter", "parse", "stats", "sort", "limit"];
const WORDS = ["like", "in", "as", "by", "desc", "asc", "count", "min", "max", "pct", "bin", "m"];
/** Fields without backticks. */
const FIELDS = {
  access: ["@timestamp"],
  // https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
  webAcl: ["action", "terminatingRuleId", "httpRequest.country", "httpRequest.clientIp", "httpRequest.uri"],
  // docs/operations.md, "What the control plane did"
  revocations: ["@timestamp", "operation", "outcome", "target", "uid", "sid", "by", "detail"],
  // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
  storeAccess: ["eventTime", "userIdentity.arn", "eventName", "sourceIPAddress", "errorCode"],
};

test.each(QUERIES)("%s", (_, { log, lines }) => {
  const aliases = lines.flatMap((line) => {
    const [, list = ""] = /^parse .* as ([\w, ]+)$/.exec(line) ?? [];
    return [...list.split(/, ?/), ...[...line.matchAll(/ as (\w+)/g)].map(([, name]) => name!)].filter(
      (name) => name !== "",
    );
  });
  for (const line of lines) {
    const [command] = line.split(" ");
    expect(COMMANDS).toContain(command);
    for (const [, name] of line.matchAll(/`([^`]+)`/g))
      expect([log, ACCESS_LOG_FIELDS]).toEqual(["access", expect.arrayContaining([name])]);
    const bare = line
      .slice(command!.length)
      .replace(/`[^`]+`|"[^"]*"|'[^']*'|\/[^/]+\//g, " ")
      .match(/[@A-Za-z][\w.@]*/g);
    for (const word of bare ?? []) expect([...WORDS, ...aliases, ...FIELDS[log]]).toContain(word);
  }
});

test("texts of the gate are those of the documentation", () => {
  const texts = QUERIES.flatMap(([, { lines }]) => lines.flatMap((line) => [...line.matchAll(/["'](deny \w+)["']/g)]));
  expect(texts.length).toBeGreaterThan(5);
  for (const [, text] of texts) expect(OPERATIONS).toContain(`| \`${text}\` |`);
});
