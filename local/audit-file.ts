/**
 * The local edge's logs as audit events in a file: the same events as those of a deployed gateway, plus all decisions
 * of the gate. `edgegate audit --local` reads them.
 */
import { randomUUID } from "node:crypto";
import { appendFileSync, statSync, writeFileSync } from "node:fs";
import type { EventSource } from "../audit/event";
import { eventOf, eventOfText, type LineOrigin } from "../audit/from-line";
import type { Config } from "../config/schema";
import {
  authFunctionName,
  bearerFunctionName,
  keyRotatorFunctionName,
  revocationConsumerFunctionName,
  revokerFunctionName,
  siteFunctionName,
} from "../stacks/names";
import type { LogEntry } from "./log-line";

/** Bytes. At this size the file starts over, so that a load test does not fill the disk. */
const MAX_BYTES = 64 * 1024 * 1024;

export interface AuditFile {
  /** @param line that a function wrote */
  ofFunction(functionName: string, line: string): void;
  ofRequest(entry: LogEntry): void;
}

/** @param file begins empty, and only its owner can read it */
export function auditFile(file: string, config: Config): AuditFile {
  writeFileSync(file, "", { mode: 0o600 });
  const sources: Record<string, EventSource> = {
    [authFunctionName(config)]: "auth",
    [bearerFunctionName(config)]: "bearer",
    [siteFunctionName(config)]: "site",
    [revokerFunctionName(config)]: "revoker",
    [revocationConsumerFunctionName(config)]: "revocations",
    [keyRotatorFunctionName(config)]: "key-rotator",
  };
  const from = (source: EventSource): LineOrigin => ({
    id: randomUUID(),
    gateway: config.name,
    source,
    region: "us-east-1",
    loggedAt: Date.now(),
  });
  const write = (event: object | undefined) => {
    if (!event) return;
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) writeFileSync(file, "");
    appendFileSync(file, `${JSON.stringify(event)}\n`, { mode: 0o600 });
  };
  return {
    ofFunction(functionName, line) {
      const source = sources[functionName];
      if (source !== undefined) write(eventOfText(from(source), line)?.event);
    },
    ofRequest(entry) {
      write(eventOf({ ...from("gate"), loggedAt: entry.time.getTime() }, accessRecord(entry)).event);
    },
  };
}

/** The path as in CloudFront's standard log (stacks/access-logs.ts): encoded, without the query string. */
function accessRecord(entry: LogEntry): Record<string, string> {
  const { time, method, authority, path, status, requestId, address, said } = entry;
  return {
    date: time.toISOString().slice(0, 10),
    time: time.toISOString().slice(11, 23),
    "c-ip": address,
    "cs-method": method,
    "x-host-header": authority,
    "cs-uri-stem": path.replace(/[^\x21-\x7e]/gu, encodeURIComponent),
    "sc-status": String(status),
    "x-edge-request-id": requestId,
    "viewer-request-log-data": said ?? "-",
    "x-edge-detailed-result-type": status < 400 ? "Miss" : "Error",
  };
}
