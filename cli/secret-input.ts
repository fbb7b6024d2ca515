/** Reads a secret from a file, from what is piped in, or from a prompt that does not show it. */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { text as readAll } from "node:stream/consumers";
import { CommandFailure } from "./failures";

/** RFC 6749 appendix A.2: visible ASCII and the space. */
const CLIENT_SECRET = /^[\u0020-\u007e]+$/;
/** Of editors and `echo`; it is no part of the secret. */
const FINAL_LINE_BREAK = /\r?\n$/;

/**
 * @throws CommandFailure for a file that cannot be read, and for what is no client secret; neither shows what was read
 */
export async function readSecret(file: string | undefined, prompt: string): Promise<string> {
  const text = (await read(file, prompt)).replace(FINAL_LINE_BREAK, "");
  if (text === "") throw new CommandFailure("usage", "the secret is empty", "pipe it in, or write --file <path>");
  if (!CLIENT_SECRET.test(text)) {
    throw new CommandFailure(
      "usage",
      "the secret holds a line break or another character that no client secret has (RFC 6749 appendix A.2)",
      "look at the file: it must hold the secret and nothing else",
    );
  }
  return text;
}

async function read(file: string | undefined, prompt: string): Promise<string> {
  if (file !== undefined) return readFile(file);
  return process.stdin.isTTY ? askHidden(prompt) : readAll(process.stdin);
}

function readFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandFailure("usage", `${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

async function askHidden(prompt: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // It switches the terminal's own echo off: so it comes before the prompt.
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  process.stderr.write(prompt);
  try {
    return await new Promise((resolve, reject) => {
      lines.once("line", resolve);
      lines.once("close", () => reject(new CommandFailure("refused", "no secret was given; nothing was done")));
    });
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}
