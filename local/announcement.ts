/** How the command line finds the local edges that are running: one file for each, which only its owner can read. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Config } from "../config/schema";

export interface Announcement {
  /** `https://app.localhost:<port>` */
  url: string;
  port: number;
  pid: number;
  /** For `AWS_ENDPOINT_URL`. */
  endpoint: string;
  /** The only credentials that the endpoint accepts; made for one run. */
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** Path of the certificate (PEM) of the edge and the local identity provider. */
  caFile: string;
  /** Path of the file with the audit events of this run. */
  auditFile: string;
  /** The config that was synthesized. */
  config: Config;
}

/** In the checkout or the installed package, where no other user writes. */
const FOLDER = join(dirname(require.resolve("edgegate/package.json")), ".cache/local-edges");

/** @returns a function that removes the announcement */
export function announce(announcement: Announcement): () => void {
  mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
  const file = join(FOLDER, `${announcement.port}.json`);
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, JSON.stringify(announcement), { mode: 0o600 });
  renameSync(unfinished, file);
  return () => rmSync(file, { force: true });
}

/** The local edges that are running, sorted by port. Removes the files of those that ended without doing so. */
export function announcements(): Announcement[] {
  return names()
    .map((name) => join(FOLDER, name))
    .flatMap((file) => {
      const announcement = read(file);
      if (announcement && isAlive(announcement.pid)) return [announcement];
      rmSync(file, { force: true });
      return [];
    })
    .sort((a, b) => a.port - b.port);
}

function names(): string[] {
  try {
    return readdirSync(FOLDER).filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
}

function read(file: string): Announcement | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Announcement;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
