/** From pairs of rules that decide together to the patterns of paths whose decision changes. */
import { intersection, patternCovers, patternOf, patternsMeet, type Segments } from "../patterns";

/** An entry of a list in which the first pattern that matches a path says what changes for it. */
export interface Entry<Change> {
  segments: Segments;
  /** Undefined if nothing changes. */
  change: Change | undefined;
  /** The same text for the same change. */
  key: string;
  /** False if this entry decides none of the requested paths. */
  isReal: boolean;
}

/** The paths of a pattern without those of other patterns. */
export interface Region<Change> {
  path: string;
  except: string[];
  change: Change;
}

/** Few regions that together are exactly the paths with a change. */
export function regionsOf<Change>(entries: readonly Entry<Change>[]): Region<Change>[] {
  const list = joined(entries);
  const regions: Region<Change>[] = [];
  for (const [i, { segments, change, key, isReal }] of list.entries()) {
    if (change === undefined || !isReal) continue;
    // If an earlier entry gives the same change, the entries in between do not matter.
    const same: Segments[] = [];
    const others: Segments[] = [];
    for (const entry of list.slice(0, i)) {
      const shared = intersection(entry.segments, segments);
      if (shared === undefined) continue;
      if (entry.key === key) same.push(shared);
      else if (!same.some((one) => patternCovers(one, shared))) others.push(shared);
    }
    regions.push({ path: patternOf(segments), except: widest(others).map(patternOf), change });
  }
  return regions;
}

/** Drops entries whose paths would get the same change from a later entry. */
function joined<Change>(entries: readonly Entry<Change>[]): Entry<Change>[] {
  const list = entries.map((entry) => ({ ...entry }));
  for (let i = list.length - 2; i >= 0; i--) {
    const { segments, key, isReal } = list[i]!;
    const taking: Entry<Change>[] = [];
    for (const entry of list.slice(i + 1)) {
      if (!patternsMeet(entry.segments, segments)) continue;
      if (entry.key !== key) break;
      taking.push(entry);
      if (!patternCovers(entry.segments, segments)) continue;
      for (const one of taking) one.isReal ||= isReal;
      list.splice(i, 1);
      break;
    }
  }
  return list;
}

/** Drops patterns that another pattern covers. */
function widest(patterns: readonly Segments[]): Segments[] {
  return patterns.filter(
    (one, i) =>
      !patterns.some((other, j) => j !== i && patternCovers(other, one) && (j < i || !patternCovers(one, other))),
  );
}
