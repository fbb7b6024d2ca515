/**
 * Where the archive keeps what. Everything is by hours of the time at which lines were logged, in UTC, so that a reader
 * asks for no more than the time that it is about:
 *
 * - `edgegate/<name>/events/v1/2026/12/01/05/auth.eu-central-1.00.0.jsonl.gz`: events, one JSON object a line
 * - `edgegate/<name>/hours/v1/2026-12-01T05.json`: the hour is archived, and which objects have its events
 * - `edgegate/<name>/hours/v1/2026-12-01T05.again.json`: it was read again a day later, for lines that came late
 */
import type { EventSource } from "./event";

/** Seconds. */
export const HOUR = 3_600;

export type Look = "first" | "again";

/** Everything of one gateway in a bucket begins with it. @param name `name` of the config */
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

/** Of the day in which the hour is. */
export function dayPrefix(name: string, hour: number): string {
  return `${archivePrefix(name)}events/v1/${textOf(hour).slice(0, 10).replaceAll("-", "/")}/`;
}

/** A part of what one log has of an hour. @param slice minute of the hour at which a part of it begins */
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

/** The object that says that an hour is archived. */
export interface ArchivedHour {
  version: 1;
  /** ISO 8601 times. */
  hour: string;
  archivedAt: string;
  look: Look;
  /** What has the events of the hour. `sha256` is that of the object's bytes, as hexadecimal digits. */
  objects: { key: string; events: number; sha256: string }[];
  /** Regions that a policy of the account forbids. No handler can log there either. */
  refusedRegions: string[];
  /** How many members of lines did not have their form, and were left out. */
  misfits: number;
}
