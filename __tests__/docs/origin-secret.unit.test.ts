/** What docs/origin-secret has for servers, as a server runs it. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { ORIGIN_SECRET_HEADER, parseOriginSecret } from "../../session/origin-secret";

const fresh = () => randomBytes(32).toString("base64url");
const MODULE = join(__dirname, "../../docs/origin-secret/express.mjs");

/** Texts of the secret, as one read after the other has them; an empty one fails. */
interface Server {
  reads: string[];
  /** The header of each request; null for none. */
  requests: (string | null)[];
  /** Milliseconds by which the clock goes on before each request. */
  pause?: number;
}

/** @returns for each request: its status, and whether the application saw the header; at last, the number of reads */
async function serve({ reads, requests, pause = 0 }: Server): Promise<{ answers: unknown[]; reads: number }> {
  const program = `
import { createServer } from "node:http";
import { onlyFromGateway } from ${JSON.stringify(MODULE)};
const { reads, requests, pause } = JSON.parse(process.argv[1]);
let [now, count] = [Date.now(), 0];
Date.now = () => now;
const check = onlyFromGateway(async () => {
  const text = reads[Math.min(count++, reads.length - 1)];
  if (text === "") throw new Error("throttled");
  return text;
});
const server = createServer((request, response) =>
  check(request, response, () => response.end(String(${JSON.stringify(ORIGIN_SECRET_HEADER)} in request.headers))),
);
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const answers = [];
for (const value of requests) {
  now += pause;
  const headers = value === null ? {} : { ${JSON.stringify(ORIGIN_SECRET_HEADER)}: value };
  const answer = await fetch("http://127.0.0.1:" + server.address().port, { headers });
  answers.push([answer.status, answer.status === 200 ? await answer.text() : ""]);
}
server.close();
server.closeAllConnections();
console.log(JSON.stringify({ answers, reads: count }));
`;
  const input = JSON.stringify({ reads, requests, pause });
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program, input]);
  return JSON.parse(stdout) as { answers: unknown[]; reads: number };
}

const text = (...accepted: string[]) => JSON.stringify({ accepted });
const PASSES = [200, "false"];
const REFUSED = [403, ""];

test("a server accepts both values, refuses every other one, and hides them from the application", async () => {
  const [sent, next] = [fresh(), fresh()];
  expect(parseOriginSecret(text(sent, next))).toBeDefined();
  const requests = [sent, next, fresh(), sent.slice(1), sent.toUpperCase(), `${sent},${next}`, "", null];
  const { answers, reads } = await serve({ reads: [text(sent, next)], requests });
  expect(answers).toEqual([PASSES, PASSES, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED]);
  expect(reads).toBe(1);
});

test("a rotation refuses nobody, though the server has not read the secret again", async () => {
  const [a, b, c] = [fresh(), fresh(), fresh()];
  const { answers } = await serve({ reads: [text(a, b), text(b, c)], requests: [a, b, a], pause: 1_000 });
  expect(answers).toEqual([PASSES, PASSES, PASSES]);
});

test("a value that is unknown makes it read again, but not at every request", async () => {
  const [a, b, c, d] = [fresh(), fresh(), fresh(), fresh()];
  const later = await serve({ reads: [text(a, b), text(c, d)], requests: [a, c], pause: 11_000 });
  expect(later).toEqual({ answers: [PASSES, PASSES], reads: 2 });
  const flood = await serve({ reads: [text(a, b)], requests: Array<string>(20).fill("mallory"), pause: 100 });
  expect(flood.reads).toBe(1);
});

test("if the secret cannot be read, the last values count; without any, nobody gets in", async () => {
  const [a, b] = [fresh(), fresh()];
  const hours = 3_600_000;
  expect((await serve({ reads: [text(a, b), ""], requests: [a, a, "x"], pause: hours })).answers).toEqual([
    PASSES,
    PASSES,
    REFUSED,
  ]);
  expect((await serve({ reads: [""], requests: [a, "", null] })).answers).toEqual([REFUSED, REFUSED, REFUSED]);
});
