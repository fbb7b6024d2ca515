/** What people give instead of a plan's JSON, and what they are told to type. */
import { PlanError, readPlan } from "../../review/plan/read-plan";

const PLAN = { format_version: "1.2", planned_values: {}, resource_changes: [] };

describe("the JSON of a plan", () => {
  test.each<[string, Buffer | string, string, string]>([
    [
      "a plan file",
      Buffer.from("PK\u0003\u0004binary"),
      "this is a plan file, not its JSON",
      "terraform show -json tfplan",
    ],
    ["nothing", "", "the plan is empty", "terraform plan -out=tfplan"],
    [
      "text for people",
      "Terraform will perform the following actions:",
      "this is a plan for people",
      "terraform show -json",
    ],
    ["something else", "resource {}", "this is not JSON", "terraform show -json"],
    [
      "a log",
      '{"@level":"info"}\n{"@level":"info"}',
      "this is the log of terraform plan -json",
      "terraform show -json",
    ],
    ["a state file", '{"version":4,"lineage":"x"}', "this is a state, not a plan", "terraform plan"],
    ["a shown state", '{"format_version":"1.0","values":{}}', "this is the JSON of a state", "terraform plan"],
    ["a list", "[]", "this is not the JSON of a plan", "terraform show -json"],
    ["another object", "{}", "this is not the JSON of a plan", "terraform show -json"],
    [
      "a newer format",
      JSON.stringify({ ...PLAN, format_version: "2.0" }),
      'this plan has format "2.0"',
      "update edgegate",
    ],
    [
      "a plan that failed",
      JSON.stringify({ ...PLAN, errored: true }),
      "Terraform could not finish this plan",
      "plan again",
    ],
    [
      "changes that are none",
      JSON.stringify({ ...PLAN, resource_changes: "x" }),
      "is not a list",
      "terraform show -json",
    ],
    [
      "a change without an address",
      JSON.stringify({ ...PLAN, resource_changes: [{ mode: "managed" }] }),
      "has no address",
      "terraform show -json",
    ],
  ])("is not %s, and the error says what to type", (_, written, message, hint) => {
    const read = () => readPlan(Buffer.from(written as string));
    expect(read).toThrow(PlanError);
    expect(read).toThrow(message);
    expect(hintOf(read)).toContain(hint);
  });

  test("may be UTF-16, as PowerShell writes it", () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(JSON.stringify(PLAN), "utf16le")]);
    expect(readPlan(bytes)).toEqual({ changes: [], drifted: [], isComplete: true, configuration: {} });
  });

  test.each([
    [["no-op"], "none"],
    [["delete", "create"], "replace"],
    [["create", "delete"], "replace"],
    [["forget"], "forget"],
    [["update"], "update"],
  ])("with the actions %j means %s", (actions, action) => {
    const change = { address: "a.b", mode: "managed", type: "a", name: "b", change: { actions } };
    const plan = readPlan(Buffer.from(JSON.stringify({ ...PLAN, resource_changes: [change] })));
    expect(plan.changes.map((one) => one.action)).toEqual([action]);
  });
});

function hintOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    return (error as PlanError).hint;
  }
  return "";
}
