import { zipSync, type ZipOptions, type Zippable } from "fflate";

/** The first date that a zip can hold; local, because fflate writes a date's local fields. */
const FIXED_DATE = new Date(1980, 0, 1);
const UNIX = 3;
/** A regular file with mode 0644, where the central directory keeps Unix modes (APPNOTE.TXT section 4.4.15). */
const REGULAR_FILE = (0o100644 << 16) >>> 0;

/**
 * A zip that depends on names and contents only: sorted names, a fixed date and a fixed mode. Otherwise every
 * deployment would publish a new Lambda@Edge version.
 */
export function deterministicZip(files: Record<string, Uint8Array>): Uint8Array {
  const options: ZipOptions = { level: 9, mtime: FIXED_DATE, os: UNIX, attrs: REGULAR_FILE };
  const entries: Zippable = {};
  for (const name of Object.keys(files).sort()) entries[name] = [files[name]!, options];
  return zipSync(entries);
}
