/** A stream of chances that is the same for the same seed. */
export interface Random {
  /** From 0 up to 1, without 1. */
  fraction(): number;
  /** A whole number from `from` to `to`, both included. */
  whole(from: number, to: number): number;
  /** @returns true with this probability */
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  bytes(count: number): Buffer;
  /** A stream of its own: what is drawn from it moves nothing here. */
  fork(): Random;
}

/** sfc32 (https://pracrand.sourceforge.net/RNG_engines.txt): small, fast, and good enough to make histories with. */
export function createRandom(seed: number): Random {
  let [a, b, c, counter] = [0x9e3779b9, seed | 0, Math.floor(seed / 2 ** 32) | 0, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  const random: Random = {
    fraction: () => next() / 2 ** 32,
    whole: (from, to) => from + Math.floor((next() / 2 ** 32) * (to - from + 1)),
    chance: (probability) => next() / 2 ** 32 < probability,
    pick: (items) => items[random.whole(0, items.length - 1)]!,
    bytes(count) {
      const bytes = Buffer.alloc(count);
      for (let i = 0; i < count; i++) bytes[i] = next() >>> 24;
      return bytes;
    },
    fork: () => createRandom(next() * 2 ** 20 + (next() >>> 12)),
  };
  return random;
}

/** FNV-1a (https://datatracker.ietf.org/doc/html/draft-eastlake-fnv): 32 bits of a text. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
