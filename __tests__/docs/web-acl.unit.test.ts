/** What the page about the web ACL says, held to what is made. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../../config/load";
import { MANAGED_GROUPS } from "../../config/managed-rules";
import { rateLimitsOf } from "../../config/waf";
import { SMALL } from "../support/small-config";

const PAGE = readFileSync(join(__dirname, "../../docs/web-acl.md"), "utf8");

test("lists AWS's groups with what they cost", () => {
  const rows = [...PAGE.matchAll(/^\| `([a-z-]+)` \| `(AWS\w+)`[^|]* \| (\d+) \|$/gm)];
  expect(rows.map(([, name, aws, capacity]) => [name, aws, Number(capacity)])).toEqual(
    Object.entries(MANAGED_GROUPS).map(([name, group]) => [name, group.name, group.capacity]),
  );
});

test("says the limits that exist without any in the config", () => {
  for (const [name, { limit }] of Object.entries(rateLimitsOf(parseConfig(SMALL))))
    expect(PAGE).toMatch(new RegExp(`^\\| \`rate-${name}\` \\|.*${limit.toLocaleString("en")} requests`, "m"));
});

test("its example is accepted", () => {
  const example = /```ts\n(waf: \{[^]*?\n\}),\n```/.exec(PAGE)![1]!;
  const waf = (new Function(`return ({ ${example} })`) as () => object)();
  expect(parseConfig({ ...SMALL, ...waf }).waf).toMatchObject({ exempt: [{ path: "/wiki/**" }] });
});
