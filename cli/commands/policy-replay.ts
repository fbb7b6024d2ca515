/** `edgegate policy replay`: which logged requests another policy would decide otherwise. Reads files only. */
import { basename } from "node:path";
import { loadConfig } from "../../config/load";
import type { Config } from "../../config/schema";
import { describeAllow } from "../../policy/decision-table";
import type { ExplainedPolicy } from "../../policy/explain";
import { replayer, type LoggedRequest } from "../../policy/replay";
import { readingOf } from "../../session/paths";
import { gatePolicy } from "../../stacks/gate-policy";
import { configFile } from "../config-file";
import { usageFailure } from "../failures";
import type { GlobalOptions } from "../options";
import { columns, count, type Outcome } from "../output";
import { printable } from "../printable";
import { withProgress } from "../progress";
import { linesOfFiles, sizeOf } from "../replay/log-lines";
import { Tally, type Group } from "../replay/tally";

/** Rows that are printed; `--json` has all. */
const MAX_ROWS = 30;
const MAX_USERS = 10;

export interface ReplayOptions extends GlobalOptions {
  /** The config with the new policy. */
  policy: string;
  exitCode?: boolean;
}

export async function policyReplay(options: ReplayOptions, logs: readonly string[]): Promise<Outcome> {
  const file = configFile(options);
  const [before, after] = [policyIn(file), policyIn(options.policy)];
  const tally = await readAll(options, logs, replayer(before, after));
  if (tally.requests + tally.undecided === 0)
    throw usageFailure(
      `no line of ${logs.map((name) => printable(basename(name))).join(", ")} is a request`,
      "name files of CloudFront's standard logging (v2) in JSON, plain or compressed with gzip",
    );
  const groups = tally.groups();
  const { requests, changed, undecided, unreadable, byOthers, isCut, first, last } = tally;
  return {
    json: {
      ...{
        before: file,
        after: options.policy,
        first,
        last,
        requests,
        changed,
        undecided,
        unreadable,
        byOthers,
        isCut,
      },
      groups: groups.map(({ users, ...group }) => ({ ...group, users: Object.fromEntries(users) })),
    },
    text:
      `${count(requests, "request")} from ${first ?? "-"} to ${last ?? "-"} UTC, ${changed === 0 ? "none" : changed} decided otherwise\n` +
      (groups.length === 0 ? "" : byPath(groups, after) + byUser(groups)) +
      remarks(tally, file),
    ...(options.exitCode && changed > 0 && { exit: "accessDiffers" as const }),
  };
}

function policyIn(file: string): ExplainedPolicy {
  const config: Config = loadConfig(file);
  return { rules: config.policy, hosts: gatePolicy(config).hosts!, basePath: config.basePath };
}

async function readAll(
  options: GlobalOptions,
  logs: readonly string[],
  replay: ReturnType<typeof replayer>,
): Promise<Tally> {
  const tally = new Tally();
  try {
    const size = await sizeOf(logs);
    await withProgress("Reading the access log", options, async (progress) => {
      let [read, shown] = [0, 0];
      const onRead = (bytes: number) => {
        read += bytes;
        const percent = size === undefined ? 0 : Math.floor((100 * read) / size);
        if (percent > shown) progress((shown = percent), 100);
      };
      for await (const line of linesOfFiles(logs, onRead)) take(line, tally, replay);
    });
  } catch (error) {
    const { code, path, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const isMissing = code === "ENOENT";
    throw usageFailure(
      isMissing ? `there is no file ${printable(path ?? "")}` : `a log cannot be read: ${printable(message)}`,
      isMissing ? "name the files of the access log, or - for stdin" : "a compressed file may be cut off",
    );
  }
  return tally;
}

function take(line: string, tally: Tally, replay: ReturnType<typeof replayer>): void {
  if (line.trim() === "") return;
  const record = recordOf(line);
  if (!record) return void tally.unreadable++;
  const text = (name: string): string | undefined => {
    const value = record[name];
    return typeof value === "string" && value !== "-" ? value : undefined;
  };
  const [method, host, path] = [text("cs-method"), text("x-host-header"), text("cs-uri-stem")];
  if (method === undefined || host === undefined || path === undefined) return void tally.unreadable++;
  const decision = text("viewer-request-log-data");
  const request: LoggedRequest = {
    ...{ method, host: host.toLowerCase(), path, reading: readingOf(path) },
    decision: decision ?? "",
  };
  const replayed = decision === undefined ? undefined : replay(request);
  if (!replayed) return void tally.undecided++;
  tally.add(request, `${text("date") ?? ""} ${text("time") ?? ""}`.trim(), replayed);
}

/** An export of CloudWatch Logs has a time before each line. */
function recordOf(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line.slice(Math.max(0, line.indexOf("{"))));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function byPath(groups: readonly Group[], { rules }: ExplainedPolicy): string {
  const shown = groups.slice(0, MAX_ROWS);
  const rows = shown.map(({ effect, requests, users, method, host, pattern, example, after }) => [
    effect,
    String(requests),
    users.size === 0 ? "" : String(users.size),
    method,
    `${host}${pattern}`,
    example,
    after === undefined ? "nobody" : describeAllow(rules[after]!.allow),
  ]);
  return (
    columns(["", "requests", "users", "method", "paths", "such as", "will need"], rows) +
    left(groups.length - shown.length)
  );
}

function byUser(groups: readonly Group[]): string {
  const users = new Map<string, Partial<Record<Group["effect"], number>>>();
  for (const { effect, users: counts } of groups)
    for (const [uid, requests] of counts) {
      const own = users.get(uid) ?? {};
      users.set(uid, { ...own, [effect]: (own[effect] ?? 0) + requests });
    }
  if (users.size === 0) return "";
  const of = (effects: Partial<Record<Group["effect"], number>>) => Object.values(effects).reduce((a, b) => a + b, 0);
  const sorted = [...users].sort(([, a], [, b]) => of(b) - of(a));
  const all = ["loses", "may lose", "gains", "may gain"] as const;
  const effects = all.filter((effect) => sorted.some(([, own]) => own[effect] !== undefined));
  const rows = sorted
    .slice(0, MAX_USERS)
    .map(([uid, own]) => [uid, ...effects.map((effect) => (own[effect] === undefined ? "" : String(own[effect])))]);
  return `By user\n${columns(["uid", ...effects], rows)}${left(sorted.length - rows.length)}`;
}

function left(number: number): string {
  return number > 0 ? `… and ${number} more; --json lists all\n` : "";
}

function remarks({ changed, undecided, unreadable, byOthers, isCut }: Tally, before: string): string {
  return [
    ...(changed > 0 ? ['"may" depends on roles, on the provider or on a session, which the log does not have'] : []),
    ...(undecided > 0
      ? [`${count(undecided, "request")} came to no rule: the gateway's own paths, the web ACL, failures`]
      : []),
    ...(byOthers > 0
      ? [
          `${count(byOthers, "request")} ${byOthers === 1 ? "was" : "were"} not decided by the rules of ${printable(before)}, but by others`,
        ]
      : []),
    ...(unreadable > 0 ? [`${count(unreadable, "line")} could not be read`] : []),
    ...(isCut ? ["There are too many users to tell all of them"] : []),
  ]
    .map((line) => `${line}\n`)
    .join("");
}
