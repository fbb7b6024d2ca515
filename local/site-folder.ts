/** A folder on this machine that replaces the buckets. */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { contentType } from "mime-types";
import type { EdgeRequest, EdgeResponse } from "./cloudfront-events";

export interface SiteFile {
  body: Buffer;
  headers: [name: string, value: string][];
}

/** Finds a file by the path of a request, percent-encoded; undefined if there is none. Keys are read again each time. */
export type SiteFolder = (path: string) => SiteFile | undefined;

/** @throws Error if there is no such folder */
export function siteFolder(folder: string): SiteFolder {
  const root = resolve(folder);
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`there is no folder ${folder}`);
  return (path) => {
    const file = fileOf(root, path);
    if (file === undefined || !statSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
    const body = readFileSync(file);
    return {
      body,
      headers: [
        // The content type that `aws s3 sync` would guess from the name.
        ["content-type", contentType(file.slice(file.lastIndexOf(sep) + 1)) || "binary/octet-stream"],
        ["etag", `"${createHash("md5").update(body).digest("hex")}"`],
        ["last-modified", statSync(file).mtime.toUTCString()],
        ["server", "AmazonS3"],
      ],
    };
  };
}

/** The answer of a bucket that the distribution may read and not list. */
export function answerFromBucket(files: SiteFolder, { method, path, id }: EdgeRequest): EdgeResponse {
  const file = method === "GET" || method === "HEAD" ? files(path) : undefined;
  return file ? { status: 200, ...file } : { status: 403, headers: XML, body: Buffer.from(accessDenied(id)) };
}

const XML: [string, string][] = [
  ["content-type", "application/xml"],
  ["server", "AmazonS3"],
];

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
function accessDenied(id: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>${id}</RequestId></Error>`;
}

/** The path of the file in the folder; undefined for a name that no file can have or that leads out of the folder. */
function fileOf(root: string, path: string): string | undefined {
  let name: string;
  try {
    name = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  const file = join(root, name);
  // A key that ends in a slash is not a file. A key that the file system reads in another way is not one either.
  return name.includes("\0") || name.endsWith("/") || file !== root + name.split("/").join(sep) ? undefined : file;
}
