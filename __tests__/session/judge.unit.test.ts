/**
 * What a shard's record says of a session; the gate's table (../functions/gate/token-cases.ts) asks the same of the
 * shipped bundle.
 */
import { judge } from "../../session/judge";
import { encodeShardRecord, markText, NO_FLOOR, type ShardRecord } from "../../session/shard";
import { FLOOR, ISSUED_AT, MARK, SID, UID } from "../../session/token-layout";

const UID_OF_ALICE = "alice00000000001";
const SID_OF_ALICE = "AliceSession0001";
const BEGAN = 1_800_000_000;

function session(more: { mark?: string; issuedAt?: string; floor?: string } = {}): string[] {
  const fields: string[] = [];
  fields[UID] = UID_OF_ALICE;
  fields[SID] = SID_OF_ALICE;
  fields[ISSUED_AT] = more.issuedAt ?? markText(BEGAN);
  fields[MARK] = more.mark ?? markText(1000);
  fields[FLOOR] = more.floor ?? markText(5000);
  return fields;
}

const record = (entries: Partial<ShardRecord> = {}) =>
  encodeShardRecord({ floor: NO_FLOOR, revokedSessions: [], cutoffs: [], ...entries });
const cutoff = (mark: number, reach: number, uid = UID_OF_ALICE) => ({ uid, mark, reach });
const OTHER = cutoff(9999, BEGAN + 9, "bob0000000000002");

test.each<[name: string, entries: Partial<ShardRecord>, verdict: string]>([
  ["nothing", {}, ""],
  ["her session", { revokedSessions: [SID_OF_ALICE] }, "revoked"],
  ["a session that shares five characters with hers", { revokedSessions: ["AlicexSession001"] }, ""],
  ["a session that shares six characters with hers", { revokedSessions: ["AliceSxxxxxxxxxx"] }, "revoked"],
  ["a cut-off with a later mark that reaches her", { cutoffs: [cutoff(1001, BEGAN)] }, "revoked"],
  ["a cut-off with her own mark", { cutoffs: [cutoff(1000, BEGAN)] }, ""],
  ["a cut-off with a later mark that ends before she began", { cutoffs: [cutoff(1001, BEGAN - 1)] }, ""],
  [
    "a cut-off of a user with the same six characters",
    { cutoffs: [cutoff(1001, BEGAN, "alice0zzzzzzzzz1")] },
    "revoked",
  ],
  [
    "that user's, which she outlived, and her own",
    { cutoffs: [cutoff(1001, BEGAN - 1, "alice0zzzzzzzzz1"), cutoff(1001, BEGAN)] },
    "revoked",
  ],
  [
    "her own, and that user's, which she outlived",
    { cutoffs: [cutoff(1001, BEGAN), cutoff(1001, BEGAN - 1, "alice0zzzzzzzzz1")] },
    "revoked",
  ],
  ["three of them, all outlived", { cutoffs: [cutoff(1001, 1), cutoff(1000, BEGAN), cutoff(1, BEGAN)] }, ""],
  ["others", { revokedSessions: ["BobsSession00002"], cutoffs: [OTHER, OTHER] }, ""],
  ["no floor, of which she knows none", {}, ""],
  ["her floor", { floor: markText(5000) }, ""],
  ["a lower floor", { floor: markText(4999) }, ""],
  ["a higher floor", { floor: markText(5001) }, "outdated"],
  ["a higher floor and her session", { floor: markText(5001), revokedSessions: [SID_OF_ALICE] }, "revoked"],
])("a record with %s: %j is %j", (_, entries, verdict) => {
  expect(judge(record(entries), session())).toBe(verdict);
});

describe("what cannot be read refuses", () => {
  // Each takes a mark, a time or a floor that lets the session pass out of what would.
  const LATE = record({ cutoffs: [cutoff(1001, BEGAN - 1)] });
  const KNOWN = record({ cutoffs: [cutoff(1000, BEGAN)] });

  test.each(["", "!", "-"])("a session's mark of %j", (mark) =>
    expect(judge(KNOWN, session({ mark }))).toBe("revoked"),
  );
  test.each(["", "!", "-"])("a session's beginning of %j", (issuedAt) =>
    expect(judge(LATE, session({ issuedAt }))).toBe("revoked"),
  );
  test.each(["", "!", "-"])("a session's floor of %j", (floor) =>
    expect(judge(record({ floor: markText(1) }), session({ floor }))).toBe("outdated"),
  );
  test.each([MARK, ISSUED_AT])("a session without its field %d", (field) => {
    const fields: (string | undefined)[] = session();
    fields[field] = undefined;
    expect(judge(field === ISSUED_AT ? LATE : KNOWN, fields as string[])).not.toBe("");
  });

  const ENTRY = "0000000.".length + 6;
  test.each(Array.from({ length: 7 }, (_, at) => at))("a cut-off with a damaged character %d of its mark", (at) => {
    for (const damage of [".", "-", "~", " ", "A", "\u00fc"])
      expect(judge(replaced(KNOWN, ENTRY + at, damage), session())).toBe("revoked");
  });
  test.each(Array.from({ length: 7 }, (_, at) => at))("a cut-off with a damaged character %d of its reach", (at) => {
    for (const damage of [".", "-", "~", " ", "A", "\u00fc"])
      expect(judge(replaced(LATE, ENTRY + 7 + at, damage), session())).toBe("revoked");
  });
  test.each(Array.from({ length: 7 }, (_, at) => at))("a floor with a damaged character %d", (at) => {
    for (const damage of [".", "-", "~", " ", "A", "\u00fc"])
      expect(judge(replaced(record(), at, damage), session())).not.toBe("");
  });

  test("a record that lost or gained a character anywhere", () => {
    const whole = record({ revokedSessions: ["BobsSession00002", "CarlSession00003"], cutoffs: [OTHER, OTHER] });
    expect(judge(whole, session())).toBe("");
    for (let at = 0; at < whole.length; at++) {
      expect(judge(whole.slice(0, at) + whole.slice(at + 1), session())).not.toBe("");
      expect(judge(`${whole.slice(0, at)}x${whole.slice(at)}`, session())).not.toBe("");
    }
  });

  test("a record that was cut off anywhere but between two cut-offs", () => {
    const whole = record({ revokedSessions: ["BobsSession00002"], cutoffs: [OTHER, OTHER] });
    const passing = Array.from({ length: whole.length }, (_, length) => length).filter(
      (length) => judge(whole.slice(0, length), session()) === "",
    );
    expect(passing).toEqual([14, 34]);
  });
});

test("in random records, exactly the entries of a session or its user revoke it", () => {
  const random = (alphabet: string) =>
    Array.from({ length: 16 }, () => alphabet[Math.floor(Math.random() * alphabet.length)]!).join("");
  for (let round = 0; round < 400; round++) {
    // Two letters, so that look-alikes across the borders of entries are frequent.
    const [uid, sid] = [random("ab"), random("ab")];
    const revokedSessions = Array.from({ length: round % 80 }, () => random("ab"));
    const cutoffs = Array.from({ length: round % 25 }, () =>
      cutoff(Math.random() < 0.5 ? 999 : 1001, BEGAN - (Math.random() < 0.5 ? 1 : 0), random("ab")),
    );
    const fields = session();
    [fields[UID], fields[SID]] = [uid, sid];
    const same = (one: string, other: string) => one.slice(0, 6) === other.slice(0, 6);
    const revoked =
      revokedSessions.some((entry) => same(entry, sid)) ||
      cutoffs.some((entry) => same(entry.uid, uid) && entry.mark === 1001 && entry.reach === BEGAN);
    expect(judge(record({ revokedSessions, cutoffs }), fields)).toBe(revoked ? "revoked" : "");
  }
});

function replaced(text: string, at: number, character: string): string {
  return text.slice(0, at) + character + text.slice(at + 1);
}
