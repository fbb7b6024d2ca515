/**
 * Keys of the archive. They are by the hour in which lines were logged, in UTC, so that a reader fetches only the time
 * that it needs:
 *
 * - `edgegate/<name>/events/v1/2026/12/01/05/auth.eu-central-1.00.0.jsonl.gz`: events, one JSON object per line
 * - `edgegate/<name>/hours/v1/2026-12-01T05.json`: the hour is archived; lists the objects with its events
 * - `edgegate/<name>/hours/v1/2026-12-01T05.again.json`: it was read again a day later, for late lines
 */
import type { EventSource } from "./event";

/** Seconds. */
export const HOUR = 3_600;

export type Look = "first" | "again";

/** The prefix of all of a gateway's keys in a bucket. @param name `name` of the config */
export function archivePrefix(name: string): string {
  return `edgegate/${name}/`;
}

/** The text of an hour. @param hour Unix seconds at which it begins */
function textOf(hour: number): string {
  return new Date(hour * 1000).toISOString().slice(0, 13);
}

export function eventsPrefix(name: string, hour: number): string {
  return `${dayPrefix(name, hour)}${textOf(hour).slice(11)}/`;
}

/** The prefix of the hour's day. */
export function dayPrefix(name: string, hour: number): string {
  return `${archivePrefix(name)}events/v1/${textOf(hour).slice(0, 10).replaceAll("-", "/")}/`;
}

/** The key of one part of a log's hour. @param slice minute of the hour at which the slice begins */
export interface Part {
  source: EventSource;
  region: string;
  slice: number;
  number: number;
}

export function partKey(name: string, hour: number, { source, region, slice, number }: Part): string {
  return `${eventsPrefix(name, hour)}${source}.${region}.${String(slice).padStart(2, "0")}.${number}.jsonl.gz`;
}

/** @returns the hour in which the events of an object were logged, in Unix seconds; undefined for another object */
export function hourOfPart(key: string): number | undefined {
  const [, year, month, day, hour] = /\/events\/v1\/(\d{4})\/(\d\d)\/(\d\d)\/(\d\d)\/[^/]+\.jsonl\.gz$/.exec(key) ?? [];
  return year === undefined ? undefined : Date.parse(`${year}-${month}-${day}T${hour}:00:00Z`) / 1000;
}

export function hoursPrefix(name: string): string {
  return `${archivePrefix(name)}hours/v1/`;
}

export function hourKey(name: string, hour: number, look: Look): string {
  return `${hoursPrefix(name)}${textOf(hour)}${look === "again" ? ".again" : ""}.json`;
}

/** @returns undefined for another object */
export function hourOfKey(key: string): { hour: number; look: Look } | undefined {
  const [, text, again] = /\/hours\/v1\/(\d{4}-\d\d-\d\dT\d\d)(\.again)?\.json$/.exec(key) ?? [];
  return text === undefined
    ? undefined
    : { hour: Date.parse(`${text}:00:00Z`) / 1000, look: again === undefined ? "first" : "again" };
}

/** The key of the object that marks an hour as archived. */
export interface ArchivedHour {
  version: 1;
  /** ISO 8601 times. */
  hour: string;
  archivedAt: string;
  look: Look;
  /** The objects with the hour's events. `sha256` is the digest of the object's bytes, in hexadecimal. */
  objects: { key: string; events: number; sha256: string }[];
  /** Regions that a policy of the account forbids. No handler can log there either. */
  refusedRegions: string[];
  /** Number of members that did not have their form, and were left out. */
  misfits: number;
}
