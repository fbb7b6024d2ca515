/** From pairs of rules that decide together to the patterns of paths whose decision changes. */
import { intersection, patternCovers, patternOf, patternsMeet, type Segments } from "../patterns";

/** An entry of a list in which the first pattern that matches a path says what changes for it. */
export interface Entry<Change> {
  segments: Segments;
  /** Undefined if nothing changes. */
  change: Change | undefined;
  /** The same text for the same change. */
  key: string;
  /** False if nothing that is asked for is decided by this entry. */
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
  return list.flatMap(({ segments, change, key, isReal }, i) => {
    if (change === undefined || !isReal) return [];
    const earlier = list.slice(0, i);
    const others = earlier.flatMap((entry, j) => {
      const shared = entry.key === key ? undefined : intersection(entry.segments, segments);
      // Still earlier, the same change may hold for all of these.
      const isSame =
        shared && earlier.slice(0, j).some((one) => one.key === key && patternCovers(one.segments, shared));
      return shared && !isSame ? [shared] : [];
    });
    return [{ path: patternOf(segments), except: widest(others).map(patternOf), change }];
  });
}

/** Without entries whose paths a later entry would give the same change. */
function joined<Change>(entries: readonly Entry<Change>[]): Entry<Change>[] {
  const list = entries.map((entry) => ({ ...entry }));
  for (let i = list.length - 2; i >= 0; i--) {
    const { segments, key, isReal } = list[i]!;
    const later = list.slice(i + 1).filter((entry) => patternsMeet(entry.segments, segments));
    const end = later.findIndex((entry) => entry.key !== key || patternCovers(entry.segments, segments));
    if (end < 0 || later[end]!.key !== key) continue;
    for (const entry of later.slice(0, end + 1)) entry.isReal ||= isReal;
    list.splice(i, 1);
  }
  return list;
}

/** Without patterns that another one covers. */
function widest(patterns: readonly Segments[]): Segments[] {
  return patterns.filter(
    (one, i) =>
      !patterns.some((other, j) => j !== i && patternCovers(other, one) && (j < i || !patternCovers(one, other))),
  );
}
