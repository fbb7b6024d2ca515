/** What a synth says of the web ACL before Terraform sees it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../config/load";
import type { ConfigInput } from "../../config/schema";
import { synthesize } from "../../stacks/synthesize";
import { describeWebAcl } from "../../stacks/web-acl/capacity";
import { SMALL } from "../support/small-config";
import { emptyArtifacts } from "../support/empty-artifacts";

const WEB_ACL = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/own/0a1b2c3d-0000-1111-2222-333344445555";

describe("a synth", () => {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-web-acl-"));
  const file = (name: string) => join(folder, name);
  const artifacts = emptyArtifacts(folder);
  afterAll(() => rmSync(folder, { recursive: true }));

  let count = 0;
  const resourcesWith = (waf: ConfigInput["waf"]) => {
    const { stackDir } = synthesize(parseConfig({ ...SMALL, waf }), { outdir: file(`out-${count++}`), artifacts });
    const { resource } = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8")) as {
      resource: Record<string, Record<string, Record<string, unknown>>>;
    };
    return {
      ofWaf: Object.keys(resource).filter((type) => type.startsWith("aws_wafv2_")),
      used: resource["aws_cloudfront_distribution"]!["gateway"]!["web_acl_id"],
    };
  };

  test.each<[string, ConfigInput["waf"], object]>([
    ["none", false, { ofWaf: [], used: undefined }],
    ["an existing web ACL", { webAclArn: WEB_ACL }, { ofWaf: [], used: WEB_ACL }],
    [
      "the gateway's own",
      {},
      {
        ofWaf: ["aws_wafv2_web_acl", "aws_wafv2_web_acl_logging_configuration"],
        used: "${aws_wafv2_web_acl.web_acl.arn}",
      },
    ],
  ])("puts %s in front of the distribution", (_, waf, expected) => {
    expect(resourcesWith(waf)).toEqual(expected);
  });

  test("refuses a web ACL that AWS would refuse, with the sums by rule", () => {
    const rules = ["CrossSiteScripting_URIPATH", "GenericLFI_URIPATH"];
    const exempt = Array.from({ length: 1_500 }, (_, i) => ({ path: `/page-${i}`, rules: [rules[i % 2]!] }));
    expect(() => resourcesWith({ exempt })).toThrow(
      /the web ACL needs 5\d{3} WCU, and AWS accepts at most 5000: exempted \d+, common 700, known-bad-inputs 200.*; remove waf\.groups, or write fewer paths in waf\.exempt/,
    );
  });
});

test.each<[string, ConfigInput["waf"]]>([
  ["none: nothing is blocked before the gate", false],
  [WEB_ACL, { webAclArn: WEB_ACL }],
  // 25 + 200 + 700 for the groups, 25 + 2 for the limits, 8 labels and a path for what is exempt.
  ["962 WCU", {}],
  ["962 WCU; nothing is blocked, only counted", { mode: "count" }],
  [
    "1,566 WCU; each million requests costs $0.20 more, because of more than 1,500",
    { groups: ["ip-reputation", "known-bad-inputs", "common", "sql", "linux", "unix", "php"] },
  ],
])("is described as %j", (text, waf) => {
  expect(describeWebAcl(parseConfig({ ...SMALL, waf }))).toBe(text);
});
