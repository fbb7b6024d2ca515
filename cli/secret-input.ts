/** Reads a secret from a file, from stdin, or from a hidden prompt. */
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { text as readAll } from "node:stream/consumers";
import { CommandFailure, usageFailure } from "./failures";

/** RFC 6749 appendix A.2: visible ASCII and the space. */
const CLIENT_SECRET = /^[\u0020-\u007e]+$/;
/** Editors and `echo` add it; it is not part of the secret. */
const FINAL_LINE_BREAK = /\r?\n$/;

/**
 * @throws CommandFailure if the file cannot be read, or does not contain a client secret; it never shows what was read
 */
export async function readSecret(file: string | undefined, prompt: string): Promise<string> {
  const text = (await read(file, prompt)).replace(FINAL_LINE_BREAK, "");
  if (text === "") throw usageFailure("the secret is empty", "pipe it in, or write --file <path>");
  if (!CLIENT_SECRET.test(text)) {
    throw usageFailure(
      "the secret contains a line break or another character that client secrets cannot have (RFC 6749 appendix A.2)",
      "check the file: it must contain the secret and nothing else",
    );
  }
  return text;
}

/**
 * @param file a path, or `-` for stdin or a hidden prompt
 * @throws CommandFailure if it cannot be read, or is empty; it never shows what was read
 */
export async function readToken(file: string): Promise<string> {
  const token = (await read(file === "-" ? undefined : file, "ID token: ")).trim();
  if (token === "") throw usageFailure("the token is empty", "write --token <path>, or pipe it in");
  return token;
}

/** https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
const ACCESS_TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

/** @throws CommandFailure if it cannot be read, or is no access token; it never shows what was read */
export async function readAccessToken(file: string | undefined, prompt: string): Promise<string> {
  const text = (await read(file, prompt)).trim();
  if (ACCESS_TOKEN.test(text)) return text;
  throw usageFailure(
    text === "" ? "the access token is empty" : "this is not an access token (RFC 6750 section 2.1)",
    'pipe it in, or write --token-file <path>: the token and nothing else, without "Bearer"',
  );
}

/** https://www.rfc-editor.org/rfc/rfc7468#section-2 */
const PRIVATE_KEY = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[^-]+-----END \1-----/g;

/**
 * @returns PEM text with at least one private key
 * @throws CommandFailure if it cannot be read, or has a key that the gateway could not use; it never shows what was read
 */
export async function readPrivateKeys(file: string | undefined): Promise<string> {
  const give = "write --file <path>, or pipe the keys in: PEM, the one that signs first";
  if (file === undefined && process.stdin.isTTY) throw usageFailure("no keys were given", give);
  const text = await read(file, "");
  const keys = [...text.matchAll(PRIVATE_KEY)].map(([pem]) => pem);
  if (keys.length === 0) throw usageFailure("there is no private key in it", give);
  if (!keys.every(isUsable)) {
    throw usageFailure(
      "one of the private keys cannot be read",
      "write keys without a passphrase: RSA of at least 2048 bits, or EC on P-256, P-384 or P-521",
    );
  }
  return text;
}

function isUsable(pem: string): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(pem);
    const { modulusLength = 0, namedCurve = "" } = asymmetricKeyDetails ?? {};
    return asymmetricKeyType === "rsa"
      ? modulusLength >= 2048
      : ["prime256v1", "secp384r1", "secp521r1"].includes(namedCurve);
  } catch {
    return false;
  }
}

async function read(file: string | undefined, prompt: string): Promise<string> {
  if (file !== undefined) return readFile(file);
  return process.stdin.isTTY ? askHidden(prompt) : readAll(process.stdin);
}

function readFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw usageFailure(`${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

async function askHidden(prompt: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // This turns off the terminal's echo, so it comes before the prompt.
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
