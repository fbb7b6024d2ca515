import { parseConfig } from "../../../config/load";
import type { ConfigInput, Origin } from "../../../config/schema";
import { originId, targetId } from "../../../stacks/origins/ids";
import { ORIGINS } from "../../support/origins";
import { SMALL } from "../../support/small-config";

const parsed = (origin: ConfigInput["origin"]): Origin => parseConfig({ ...SMALL, origin } as ConfigInput).origin!;
const SERVER = { type: "custom", domainName: "a.example.net", open: true } as const;

test("origins that differ in an option have two IDs", () => {
  const { "secret header": _, ...origins } = ORIGINS;
  // The viewer's host is a matter of the behavior: otherwise, it is the same origin.
  const ids = Object.values(origins).map((origin) => targetId(parsed(origin)));
  expect(new Set(ids).size).toBe(ids.length);
});

test.each<[what: string, id: string, origin: ConfigInput["origin"]]>([
  ["a new bucket", "site", { type: "s3" }],
  ["a named bucket", "site-archive", { type: "s3", bucketName: "archive" }],
  ["a server", "a.example.net:443", SERVER],
  ["a server below a path", "a.example.net:8443/app", { ...SERVER, path: "/app", httpsPort: 8443 }],
  ["what is said of the behavior", "a.example.net:443", { ...SERVER, host: "viewer" }],
])("%s keeps the ID that it always had: %s", (_, id, origin) => {
  expect(originId(parsed(origin))).toBe(id);
});

test("an existing bucket and a new one of its name are two origins", () => {
  const existing = parsed({ type: "s3", existingBucket: { name: "archive", region: "eu-central-1" } });
  expect(originId(existing)).not.toBe(originId(parsed({ type: "s3", bucketName: "archive" })));
});

test("a long name still has an ID that CloudFront's console takes, and one of its own", () => {
  const long = ["a", "b"].map((last) => parsed({ ...SERVER, path: `/${"x".repeat(150)}${last}` }));
  const ids = long.map(originId);
  expect(ids.map((id) => id.length)).toEqual([128, 128]);
  expect(ids[0]).not.toBe(ids[1]);
});
