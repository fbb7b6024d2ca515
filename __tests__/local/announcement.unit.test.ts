import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "../../config/load";
import { announce, announcements, type Announcement } from "../../local/announcement";

const FOLDER = join(__dirname, "../../.cache/local-edges");
/** No server listens there. */
const PORT = 3;
const ANNOUNCEMENT: Announcement = {
  url: `https://app.localhost:${PORT}`,
  port: PORT,
  pid: process.pid,
  endpoint: "http://127.0.0.1:2",
  credentials: { accessKeyId: "LOCAL", secretAccessKey: "x" },
  auditFile: "/tmp/audit.jsonl",
  caFile: "/tmp/ca.pem",
  config: loadConfig("config/example.ts"),
};
const found = () => announcements().find(({ port }) => port === PORT);

test("a local edge can be found while it runs, by its owner only", () => {
  const takeBack = announce(ANNOUNCEMENT);
  expect(found()).toEqual(ANNOUNCEMENT);
  expect((statSync(join(FOLDER, `${PORT}.json`)).mode & 0o777).toString(8)).toBe("600");
  takeBack();
  expect(found()).toBeUndefined();
});

test("one that ended without a word is forgotten", () => {
  const { pid } = spawnSync(process.execPath, ["-e", "0"]);
  announce({ ...ANNOUNCEMENT, pid });
  expect(found()).toBeUndefined();
  expect(existsSync(join(FOLDER, `${PORT}.json`))).toBe(false);
});
