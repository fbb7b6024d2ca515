import { spawnSync } from "node:child_process";
import { describeWith } from "../support/tools";
import { OWN, SHIPPED, workflowsIn } from "./pipelines";

// https://github.com/rhysd/actionlint/blob/v1.7.7/docs/checks.md
describeWith("actionlint", "actionlint", (actionlint) => {
  test.each([...workflowsIn(OWN), ...workflowsIn(SHIPPED)])("finds nothing wrong with %s", (path) => {
    const { status, stdout, stderr } = spawnSync(actionlint, ["-no-color", path], { encoding: "utf8" });
    expect({ status, output: stdout + stderr }).toEqual({ status: 0, output: "" });
  });
});
