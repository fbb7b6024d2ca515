/**
 * What is deployed somewhere already has the addresses and names of `addresses/`. Terraform destroys what has another
 * address, and replaces what has another name, unless it is told otherwise.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Name, Planned } from "./planned";
import type { Plan, PlannedResource } from "../../support/terraform";

const FROZEN = ["example", "minimal", "everything", "issued"] as const satisfies readonly Name[];
/** Arguments that AWS identifies a resource by; the first that a type has. */
const NAMED_BY = ["function_name", "bucket", "dashboard_name", "alarm_name", "name", "domain_name"];
const UNNAMED = "-";

export function planOfAddresses({ plan }: Planned): void {
  describe("of addresses and names", () => {
    test.each(FROZEN)("in the %s config: they stay, so that an upgrade replaces nothing", (name) => {
      const file = join(__dirname, "addresses", `${name}.txt`);
      const now = linesOf(plan(name));
      if (process.env["UPDATE_ADDRESSES"]) writeFileSync(file, now.map((line) => `${line}\n`).join(""));
      const frozen = existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
      const gone = frozen.filter((line) => !now.includes(line));
      const added = now.filter((line) => !frozen.includes(line));
      if (gone.length + added.length > 0) throw new Error(explanation(name, gone, added));
    });
  });
}

function linesOf({ resources, outputs }: Plan): string[] {
  const named = resources.map((resource) => `${resource.address}  ${nameOf(resource)}`);
  return [...named, ...Object.keys(outputs).map((output) => `output.${output}`)].sort();
}

function nameOf({ values }: PlannedResource): string {
  const by = NAMED_BY.find((argument) => typeof values[argument] === "string");
  return by === undefined ? UNNAMED : String(values[by]);
}

function explanation(name: Name, gone: readonly string[], added: readonly string[]): string {
  return `The ${name} config has other addresses or names than gateways that are deployed already.

${[...gone.map((line) => `  - ${line}`), ...added.map((line) => `  + ${line}`)].join("\n")}

- Another address of the same resource: Terraform would destroy the old one, and make a new one. Tell it that the resource
  moved, beside the construct: stack.addOverride("moved", [{ from: "aws_sqs_queue.old", to: "aws_sqs_queue.new" }])
  (https://developer.hashicorp.com/terraform/language/moved). Keep it as UPGRADING.md says.
- Another name: AWS cannot rename it, so Terraform replaces it with all that is in it. Keep the name.
- An output that is gone or renamed breaks whoever reads it: that is a new major version, and a line in UPGRADING.md.
- Something new: that is fine.

Then write the list again, and commit it with the change:
  UPDATE_ADDRESSES=1 npx jest --selectProjects terraform --testPathPatterns plan/plan`;
}
