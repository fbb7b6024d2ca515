/** The zips of revoker and key rotator on the Lambda runtime's Node, with the real AWS SDK. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startClock, type Clock } from "../../../bench/clock";
import { buildHandlerZip } from "../../../build/handler";
import { startLambda, type Lambda } from "../../../local/lambda";
import { expectAuditEvents } from "../audit-events";
import { lambdaNode, PATIENCE } from "../tools";

const LOG_LINE = /^\{("[\w-]+":("(?:[^"\\]|\\.)*"|[0-9]+|true|false),?)+\}$/;

export interface Functions {
  /** The clock of all of them. */
  clock: Clock;
  /** @param kind `revoker` or `key-rotator` */
  start(kind: string, env: Record<string, string>): Promise<Lambda>;
  logs(): string;
  close(): Promise<void>;
  /** @throws Error when a line of the logs is neither a flat JSON object nor an audit event of its function */
  checkLogs(): void;
}

/** @param shared environment variables of all functions */
export function createFunctions(shared: Record<string, string>): Functions {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-revoker-"));
  const clock = startClock(folder);
  const lambdas: Lambda[] = [];
  const logs = () => lambdas.map((lambda) => lambda.logs()).join("");
  return {
    clock,
    async start(kind, env) {
      const zip = join(folder, `${kind}.zip`);
      writeFileSync(zip, zipOf(kind));
      // Only loading the code may take longer than in Lambda: tests measure what invocations take.
      let patience = PATIENCE;
      const lambda = await startLambda({
        zip,
        functionName: `example-${kind}`,
        node: lambdaNode(),
        timeLimit: 120_000,
        patience: () => patience,
        env: {
          ...shared,
          ...clock.env,
          // How local/lambda.ts loads the code makes Node warn where the SDK imports a part of Node on demand.
          NODE_OPTIONS: `${clock.env["NODE_OPTIONS"]} --require ${join(__dirname, "../localhost-names.js")} --disable-warning=ExperimentalWarning`,
          ...env,
        },
      });
      patience = 1;
      lambdas.push(lambda);
      return lambda;
    },
    logs,
    async close() {
      await Promise.all(lambdas.map((lambda) => lambda.close()));
      rmSync(folder, { recursive: true });
    },
    checkLogs() {
      const lines = logs().split("\n");
      const strange = lines.filter((line) => line !== "" && !LOG_LINE.test(line));
      if (strange.length > 0) throw new Error(`the control plane wrote ${strange.join("\n")}`);
      // The rotator's lines have a step.
      const [ofRotator, ofRevoker] = [true, false].map((isStep) =>
        lines.filter((line) => line.startsWith('{"step":') === isStep),
      );
      expectAuditEvents("key-rotator", ofRotator!.join("\n"));
      expectAuditEvents("revoker", ofRevoker!.join("\n"));
    },
  };
}

const zips = new Map<string, Uint8Array>();

/** Built once a test file. */
function zipOf(kind: string): Uint8Array {
  const zip = zips.get(kind) ?? buildHandlerZip(`control-plane/${kind}/lambda.ts`);
  zips.set(kind, zip);
  return zip;
}
