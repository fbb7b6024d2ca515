/** docs/audit-events.md and the JSON schema beside it, held to the schema. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { auditEvent, EVENT_MEMBERS, EVENT_SOURCES } from "../../audit/event";

const DOCS = join(__dirname, "../../docs");
const PAGE = readFileSync(join(DOCS, "audit-events.md"), "utf8");
const SCHEMA = join(DOCS, "audit-events.schema.json");

test("the JSON schema is the one that is enforced (UPDATE_SCHEMA=1 writes it)", () => {
  const schema = z.toJSONSchema(auditEvent);
  if (process.env["UPDATE_SCHEMA"]) writeFileSync(SCHEMA, `${JSON.stringify(schema, null, 2)}\n`);
  expect(JSON.parse(readFileSync(SCHEMA, "utf8"))).toEqual(schema);
});

test.each(Object.keys(EVENT_MEMBERS))("the page explains the member %s", (name) => {
  expect(PAGE).toMatch(new RegExp(`^\\| .*\`${name}\`.* \\| .+ \\|$`, "m"));
});

test.each(EVENT_SOURCES)("the page names the source %s", (name) => expect(PAGE).toContain(`\`${name}\``));

test("the page's event is one, but for what is shortened", () => {
  const [, text] = /^(\{"version".*\})$/m.exec(PAGE)!;
  const full = text!.replace(
    /"(\w+)":"(\w+)…"/g,
    (_, name: string, begin: string) => `"${name}":"${begin.padEnd(16, "A")}"`,
  );
  expect(auditEvent.safeParse(JSON.parse(full)).error).toBeUndefined();
});
