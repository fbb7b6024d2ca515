import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "../../config/load";
import { FAILURES } from "../../edge-handlers/auth/failures";
import {
  archiverFunctionName,
  deadRevocationQueueName,
  failedRevocationQueueName,
  gateFunctionName,
  keyRotatorFunctionName,
  replicaLogGroupNames,
  revocationConsumerFunctionName,
  revokerFunctionName,
  webAclLogGroupName,
} from "../../stacks/names";

const PAGE = readFileSync(join(__dirname, "../../docs/operations.md"), "utf8");

test.each(Object.entries(FAILURES))("explains the outcome %s with its status", (code, { status }) => {
  expect(PAGE).toMatch(new RegExp(`^\\| \`${code}\` \\| ${status} \\| .+ \\|$`, "m"));
});

const EXAMPLE = loadConfig("config/example.ts");

test.each(replicaLogGroupNames(EXAMPLE))("names the log group %s", (name) => expect(PAGE).toContain(`\`${name}\``));

test.each(
  [
    archiverFunctionName,
    deadRevocationQueueName,
    failedRevocationQueueName,
    gateFunctionName,
    keyRotatorFunctionName,
    revocationConsumerFunctionName,
    revokerFunctionName,
    webAclLogGroupName,
  ].map((nameOf) => nameOf(EXAMPLE)),
)("names %s as it is deployed", (name) => expect(PAGE).toContain(`${name}\``));
