/**
 * cdktf asks Terraform for its version twice in each synth, and starts a process for it: that takes as long as the rest
 * of the synth. Terraform stays the same while tests run, so that a worker asks once.
 */
const childProcess = require("node:child_process");

const COMMAND = "terraform version";
const ANSWERS = Symbol.for("edgegate.terraform-version");

// Jest shares Node's own modules between the test files of a worker.
if (!childProcess[ANSWERS]) {
  const { execSync } = childProcess;
  /** By PATH: Terraform may be another one there, or none. */
  const answers = new Map();
  childProcess[ANSWERS] = answers;
  childProcess.execSync = (command, options) => {
    if (command !== COMMAND) return execSync(command, options);
    const { PATH } = process.env;
    if (!answers.has(PATH)) answers.set(PATH, execSync(command, options));
    return answers.get(PATH);
  };
}
