/** The zip that Terraform uploads as the auth handler. */
import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { unzipSync } from "fflate";
import { buildHandlerZip, buildHandlerZips } from "../../build/handler";
import { startLambda } from "../../local/lambda";
import { startPlainServer } from "../../local/plain-server";
import { copySources } from "../support/checkout";
import { lambdaNode } from "../support/tools";

const ROOT = resolve(__dirname, "../..");
const ENTRY = "edge-handlers/auth/cloudfront.ts";
const BUNDLED = ["jose", "oauth4webapi"];
const folder = mkdtempSync(join(tmpdir(), "edgegate-handler-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The zip as another checkout builds it, with packages of its own in a folder of its own. */
function builtElsewhere(): Uint8Array {
  const checkout = join(folder, "a longer way", "down", "checkout");
  copySources(checkout);
  mkdirSync(join(checkout, "node_modules"));
  for (const name of BUNDLED)
    cpSync(join(ROOT, "node_modules", name), join(checkout, "node_modules", name), { recursive: true });
  for (const name of ["esbuild", "fflate"])
    symlinkSync(join(ROOT, "node_modules", name), join(checkout, "node_modules", name));
  const script = join(checkout, "print.ts");
  writeFileSync(
    script,
    `import { buildHandlerZip } from "./build/handler";\nprocess.stdout.write(buildHandlerZip("${ENTRY}"));\n`,
  );
  const loader = join(checkout, "build/typescript.js");
  // From a working directory of its own, too.
  return execFileSync(process.execPath, ["--require", loader, script], { cwd: folder, maxBuffer: 1 << 20 });
}

test("is byte-identical whatever folder the checkout is in", () => {
  expect(Buffer.compare(builtElsewhere(), buildHandlerZip(ENTRY))).toBe(0);
});

test("is the same bytes alone and built together with what shares code with it", () => {
  const entries = {
    auth: ENTRY,
    keyRotator: "control-plane/key-rotator/lambda.ts",
    revoker: "control-plane/revoker/lambda.ts",
  };
  const together = buildHandlerZips(entries);
  const differing = Object.entries(entries).filter(
    ([name, entry]) => Buffer.compare(together[name as keyof typeof entries], buildHandlerZip(entry)) !== 0,
  );
  expect(differing).toEqual([]);
});

test("is a main.js and what starts it, in at most 82 KB, and names no path of the machine that built it", () => {
  const zip = buildHandlerZip(ENTRY);
  const files = unzipSync(zip);
  expect(Object.keys(files)).toEqual(["index.mjs", "main.js"]);
  // Nearly 11 KB of it are its pages in four languages, 4 KB the exchange of tokens, 1.5 KB requests for access, 1 KB is the browser client.
  expect(zip.length).toBeLessThanOrEqual(82 * 1024);
  const code = Buffer.from(files["main.js"]!).toString();
  expect(code).not.toContain(ROOT);
  expect(code).not.toContain("node_modules");
});

test("loads on Lambda's Node as a module that exports a handler", async () => {
  const zip = join(folder, "auth.zip");
  writeFileSync(zip, buildHandlerZip(ENTRY));
  const lambda = await startLambda({ zip, functionName: "example-auth", node: lambdaNode() });
  expect(lambda.logs()).toBe("");
  await lambda.close();
});

test("index.mjs waits for the initialization before it exports the handler", async () => {
  const files = unzipSync(buildHandlerZip(ENTRY));
  const task = mkdtempSync(join(folder, "task-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(task, name), content);
  let answered = 0;
  const { port, close } = await startPlainServer(async (_request, response) => {
    await setTimeout(300);
    answered += 1;
    response.writeHead(400).end('{"__type":"ParameterNotFound"}');
  });
  const print = `import("${join(task, "index.mjs")}").then(({ handler }) => console.log(typeof handler))`;
  const env = { AWS_LAMBDA_FUNCTION_NAME: "example-auth", AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` };
  const { stdout } = await promisify(execFile)(lambdaNode(), ["-e", print], { env });
  expect([stdout.trim(), answered]).toEqual(["function", 1]);
  await close();
});

describe("code that esbuild warns of is an error that says what and where", () => {
  const DOUBTFUL: [string, string, RegExp][] = [
    [
      "an import that is undefined",
      'import * as parts from "./parts";\nexport const handler = () => parts.missing;',
      /"missing" will always be undefined[^]*entry\.ts:2:/,
    ],
    ["a comparison that is always false", "export const handler = (a: unknown) => a === NaN;", /NaN[^]*entry\.ts:1:/],
  ];
  test.each(DOUBTFUL)("%s", (_name, code, message) => {
    writeFileSync(join(folder, "parts.ts"), "export const here = 1;\n");
    writeFileSync(join(folder, "entry.ts"), code);
    expect(() => buildHandlerZip(relative(ROOT, join(folder, "entry.ts")))).toThrow(message);
  });
});

test("an entry that does not build is an error that says where", () => {
  expect(() => buildHandlerZip("edge-handlers/auth/nowhere.ts")).toThrow(/nowhere\.ts/);
});
