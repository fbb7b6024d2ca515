/** The function of the hosts that only redirect, from the synthesized stack, in both engines. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../config/load";
import { functionEvent } from "../../local/cloudfront-events";
import { runGate as runInNjs } from "../../local/gate-njs";
import { runGate as runInSandbox } from "../../local/gate-sandbox";
import { synthesize } from "../../stacks/synthesize";
import { SMALL } from "../support/small-config";
import { describeWith } from "../support/tools";

const outdir = mkdtempSync(join(tmpdir(), "edgegate-redirect-"));
afterAll(() => rmSync(outdir, { recursive: true }));

function source(): string {
  const { stackDir } = synthesize(parseConfig({ ...SMALL, redirectHosts: ["example.com"] }), { outdir });
  const { resource } = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8")) as {
    resource: { aws_cloudfront_function: { redirect_function: { code: string } } };
  };
  return resource.aws_cloudfront_function.redirect_function.code;
}

const CASES: [method: string, path: string, query: string | undefined, location: string][] = [
  ["GET", "/", undefined, "https://wiki.example.com/"],
  ["GET", "/a/b%20c", "x=1&x=2&y=%2F", "https://wiki.example.com/a/b%20c?x=1&x=2&y=%2F"],
  ["POST", "/form", undefined, "https://wiki.example.com/form"],
  // Nobody can make it lead elsewhere.
  ["GET", "//evil.example/", undefined, "https://wiki.example.com//evil.example/"],
  ["GET", "/@evil.example", "u=https://evil.example", "https://wiki.example.com/@evil.example?u=https://evil.example"],
];

function answers(run: typeof runInSandbox) {
  test.each(CASES)("%s %s ?%s goes to %s", async (method, path, query, location) => {
    const event = functionEvent({
      id: "id-1",
      method,
      path,
      query,
      headers: [["Host", "example.com"]],
      body: Buffer.alloc(0),
      clientIp: "192.0.2.1",
    });
    const { result } = await run(source(), event, { records: {} });
    expect(result).toMatchObject({ statusCode: 308, headers: { location: { value: location } } });
  });
}

describe("in the sandbox", () => answers(runInSandbox));
describeWith("njs", "in njs", () => answers(runInNjs));
