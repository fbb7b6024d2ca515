import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FAILURES } from "../../edge-handlers/auth/failures";

const PAGE = readFileSync(join(__dirname, "../../docs/operations.md"), "utf8");

test.each(Object.entries(FAILURES))("explains the outcome %s with its status", (code, { status }) => {
  expect(PAGE).toMatch(new RegExp(`^\\| \`${code}\` \\| ${status} \\| .+ \\|$`, "m"));
});
