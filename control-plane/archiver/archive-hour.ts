/** Copies one hour of all logs into the archive. Repeating it changes nothing. */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { eventsPrefix, HOUR, hourKey, partKey, type ArchivedHour, type Look, type Part } from "../../audit/archive";
import type { AuditEvent } from "../../audit/event";
import { eventOfText } from "../../audit/from-line";
import { REPLICA_REGIONS } from "../../cloudfront/replica-regions";
import { LogAbsent, LogRefused, type ArchivedLog, type ArchiverPorts } from "./ports";

/** The region of everything but replicas. A log that cannot be read there is a failure. */
const HOME = "us-east-1";
/** Characters of an object before its compression. Several are in memory at a time, one for each region. */
const PART = 4 * 1024 * 1024;
/** Minutes of the gate's log that are read at a time: it has a line for each refused request. */
const SLICE = 10;

interface Job {
  log: ArchivedLog;
  region: string;
  /** Minutes of the hour. */
  slice: number;
  length: number;
}

/**
 * @param hour Unix seconds at which it begins
 * @throws errors of reading a log or writing an object; the hour is then not marked as archived
 */
export async function archiveHour(ports: ArchiverPorts, hour: number, look: Look): Promise<ArchivedHour> {
  const { gateway, archive } = ports;
  const there = await archive.list(eventsPrefix(gateway, hour));
  const done: ArchivedHour = {
    version: 1,
    hour: new Date(hour * 1000).toISOString(),
    archivedAt: new Date(ports.now() * 1000).toISOString(),
    look,
    objects: [],
    refusedRegions: [],
    misfits: 0,
  };
  const jobs = ports.logs.flatMap(jobsOf);
  const regions = [...new Set(jobs.map(({ region }) => region))];
  // Reads one log after the other in a region, because CloudWatch allows only a few calls per second. If a region
  // fails, the others are archived all the same.
  const results = await Promise.allSettled(
    regions.map(async (region) => {
      for (const job of jobs) if (job.region === region) await copy(ports, hour, job, there, done);
    }),
  );
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  done.objects.sort((a, b) => (a.key < b.key ? -1 : 1));
  done.refusedRegions = [...new Set(done.refusedRegions)].sort();
  await archive.put(hourKey(gateway, hour, look), Buffer.from(`${JSON.stringify(done)}\n`), "application/json");
  return done;
}

function jobsOf(log: ArchivedLog): Job[] {
  if (log.source === "gate")
    return Array.from({ length: 60 / SLICE }, (_, place) => ({
      log,
      region: HOME,
      slice: place * SLICE,
      length: SLICE,
    }));
  const regions = log.isReplicated ? REPLICA_REGIONS : [HOME];
  return regions.map((region) => ({ log, region, slice: 0, length: 60 }));
}

async function copy(
  ports: ArchiverPorts,
  hour: number,
  { log, region, slice, length }: Job,
  there: ReadonlyMap<string, string>,
  done: ArchivedHour,
): Promise<void> {
  const { gateway } = ports;
  const from = (hour + slice * 60) * 1000;
  const part: Part = { source: log.source, region, slice, number: 0 };
  let [text, events] = ["", 0];
  const flush = async () => {
    if (events === 0) return;
    const key = partKey(gateway, hour, part);
    const body = gzipSync(text);
    // Does not store again what the first run has archived. With encryption other than SSE-S3, the ETag is no MD5, and
    // the object is stored again (https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html).
    if (there.get(key) !== digest("md5", body)) await ports.archive.put(key, body, "application/x-ndjson");
    done.objects.push({ key, events, sha256: digest("sha256", body) });
    part.number += 1;
    [text, events] = ["", 0];
  };
  try {
    for await (const lines of ports.read(region, log, { from, to: from + length * 60_000 - 1 })) {
      for (const line of lines) {
        const made = eventOfText({ ...line, gateway, source: log.source, region }, line.text);
        if (!made || isUpkeep(made.event)) continue;
        done.misfits += made.misfits.length;
        text += `${JSON.stringify(made.event)}\n`;
        events += 1;
      }
      if (text.length >= PART) await flush();
    }
    await flush();
  } catch (error) {
    if (region === HOME) throw error;
    if (error instanceof LogRefused) done.refusedRegions.push(region);
    else if (!(error instanceof LogAbsent)) throw error;
  }
}

/** `tidy` runs every five minutes, and only its failures are of interest. */
function isUpkeep({ event, outcome }: AuditEvent): boolean {
  return event === "tidy" && outcome === "done";
}

function digest(algorithm: "md5" | "sha256", body: Uint8Array): string {
  return createHash(algorithm).update(body).digest("hex");
}

/** Unix seconds at which the hour of a time begins. */
export function hourOf(time: number): number {
  return Math.floor(time / HOUR) * HOUR;
}
