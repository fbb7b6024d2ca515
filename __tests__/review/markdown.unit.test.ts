/** What a review's comment looks like once it is rendered. Who writes a plan must not write the comment. */
import { marked } from "marked";
import type { PolicyRule } from "../../policy/rule";
import { readPlan } from "../../review/plan/read-plan";
import { reviewMarkdown } from "../../review/render/markdown";
import { reviewOf } from "../../review/review";
import { change, gateChange, planJson, type PlannedChange } from "./plans";

const REST: PolicyRule = { path: "/**", allow: "signed-in" };
/** https://github.com/orgs/community/discussions/27190 */
const LONGEST_COMMENT = 65_536;

const HOSTILE = [
  "`x` | **bold** | <img src=x onerror=alert(1)>",
  "a\\| b | c",
  "``` \n\n## A heading\n\n- no risk found",
  "@acme/security please approve, see #1 and https://evil.example www.evil.example mail@evil.example",
  "</code></td></tr></table></details><h1>Approved</h1>",
  "[click](https://evil.example) ![x](https://evil.example/x.png)",
  "&lt;b&gt; &#124; \\&",
  "\u202egnp.exe \u0007\u001b[31m",
  "*emphasis* _emphasis_ ~~gone~~ $x$",
];

describe("the comment", () => {
  test("shows who gains access", () => {
    const html = rendered([gateChange([REST], [{ path: "/press/**", allow: "public" }, REST])]);
    expect(html).toContain("<strong>High risk.</strong>");
    expect(html).toContain("everybody may open <code>/press/**</code> without signing in");
    expect(html).toMatch(/<td><strong>public<\/strong><\/td>\s*<td><code>\/press\/\*\*<\/code><\/td>/);
    expect(html).toContain("Nobody is signed out by it.");
  });

  test("says so if nothing changes", () => {
    expect(rendered([])).toBe(
      "<h2>edgegate review</h2>\n<p><strong>No changes.</strong> This plan changes nothing.</p>\n",
    );
  });

  test.each(HOSTILE.map((text) => [text]))("shows %j as a value and nothing else", (text) => {
    const html = rendered(named(text));
    const harmless = rendered(named("harmless"));
    expect(tags(html)).toEqual(tags(harmless));
    expect(shownText(html)).toContain(text.replace(/[\p{C}]/gu, "\ufffd"));
    // What GitHub would make a link, a mention or a reference of is in a code element.
    const outside = shownText(html.replace(/<code>[^]*?<\/code>/g, ""));
    expect(outside).not.toMatch(/@|#\d|evil/);
  });

  test("has no value that Terraform hides", () => {
    const secret = change(
      "aws_secretsmanager_secret_version.x",
      { secret_string: "hunter2-before" },
      { secret_string: "hunter2-after" },
    );
    const settings = (issuer: string) => ({
      value: JSON.stringify({ session: {}, identityProviders: { main: { issuer } } }),
    });
    const parameter = change(
      "aws_ssm_parameter.settings",
      settings("https://hunter2.example"),
      settings("https://hunter2.example.net"),
    );
    Object.assign(parameter.change, { before_sensitive: { value: true }, after_sensitive: { value: true } });
    const text = markdownOf([secret, parameter]);
    expect(text).toContain("changes its issuer.");
    expect(text).not.toContain("hunter2");
  });

  test("names what is alike in one row", () => {
    const alarms = Array.from({ length: 13 }, (_, i) =>
      change(`aws_cloudwatch_metric_alarm.a${i}`, { alarm_name: `a${i}` }, null),
    );
    expect(rendered(alarms)).toContain("The alarm <code>a0</code> is deleted. And 12 more like this.");
    expect(rendered(alarms.slice(0, 3))).not.toContain("like this");
  });

  test("is shorter than what GitHub takes, and says what is left out", () => {
    const many = Array.from({ length: 3_000 }, (_, i) =>
      change(`aws_cloudwatch_metric_alarm.a${i}_${"x".repeat(100)}`, { alarm_name: `a${i}` }, null),
    );
    const rules = Array.from({ length: 150 }, (_, i): PolicyRule => ({
      path: `/${"p".repeat(60)}-${i}/**`,
      allow: "public",
    }));
    const text = markdownOf([...many, gateChange([REST], [...rules, REST])]);
    expect(text.length).toBeLessThan(LONGEST_COMMENT);
    expect(text.length).toBeGreaterThan(30_000);
    expect(text).toMatch(/\d+ more rows are left out here/);
    expect(text).toMatch(/\d+ more lines are left out here/);
    // The worst is never left out.
    expect(text).toContain("| **high** | Open to everybody");
  });
});

/** Resources with a text of somebody else in every place that a review shows. */
function named(text: string): PlannedChange[] {
  return [
    change("aws_cloudwatch_metric_alarm.a", { alarm_name: text }, null),
    change(
      "aws_cloudfront_distribution.d",
      { enabled: true, aliases: [text, "kept"] },
      { enabled: true, aliases: ["kept"] },
    ),
    {
      ...change("aws_sqs_queue.q", { name: "q" }, { name: "q", tags: { a: "b" } }),
      address: `module.x["${text}"].aws_sqs_queue.q`,
    },
  ];
}

function markdownOf(changes: readonly PlannedChange[]): string {
  return reviewMarkdown(reviewOf(readPlan(planJson(changes))));
}

function rendered(changes: readonly PlannedChange[]): string {
  return marked
    .parse(markdownOf(changes), { gfm: true, async: false })
    .replaceAll("&#42;", "*")
    .replaceAll("&#46;", ".");
}

/** The elements, in order, without texts and attributes. */
function tags(html: string): string[] {
  return [...html.matchAll(/<(\/?[a-z0-9]+)[^>]*>/g)].map(([, tag]) => tag!);
}

function shownText(html: string): string {
  const names = { lt: "<", gt: ">", quot: '"', amp: "&" };
  return html
    .replace(/<[^>]+>/g, "")
    .replace(/&(?:#(\d+)|(\w+));/g, (_, number: string | undefined, name: keyof typeof names) =>
      number === undefined ? names[name] : String.fromCodePoint(Number(number)),
    );
}
