import { hmacText } from "../../local/hmac";
import { cookieKey, KEY_ID, shardKey, signingKeyId, type SessionKeys } from "../../session/keys";

const MASTER = "first-master-key-of-43-characters-012345678";

// Computed apart from this project: living sessions are signed with these keys, so they can never change.
test("the derived keys are HMAC-SHA256 of their purpose", () => {
  expect(shardKey(hmacText, MASTER, 17)).toBe("akReuZbD6UOvjRsYxh-ogeq0CGy2HvLnLDXwYhpXnjY");
  expect(cookieKey(hmacText, MASTER)).toBe("9nsPvD3-hL96pShhkpLKbMb_tVpV0hs1CiUy0mdn-og");
});

test.each<[string, boolean]>([
  ["k", true],
  ["k1", true],
  ["20261121", true],
  ["", false],
  ["k12345678", false],
  ["K1", false],
  ["k.1", false],
  ["k-1", false],
  ["k1\n", false],
])("%j as a key id: %s", (kid, isOne) => {
  expect(KEY_ID.test(kid)).toBe(isOne);
});

describe("the key that signs", () => {
  const KEYS: SessionKeys = { current: "b", keys: { a: MASTER, b: MASTER, s: MASTER } };
  test.each<[name: string, keys: Partial<SessionKeys>, now: number, shard: number | undefined, kid: string]>([
    ["is the current one", {}, 1000, 7, "b"],
    ["is the one before until the second that the current one begins", { before: "a", since: 1000 }, 999, 7, "a"],
    ["is the current one from that second on", { before: "a", since: 1000 }, 1000, 7, "b"],
    ["is the current one where the one before is gone", { before: "z", since: 1000 }, 999, 7, "b"],
    ["of a shard is the shard's own, whoever signs elsewhere", { before: "a", since: 1000, shardKeys: { s: 7 } }, 999, 7, "s"],
    ["of another shard is not", { shardKeys: { s: 7 } }, 1000, 8, "b"],
    ["of what belongs to no shard is not", { shardKeys: { s: 7 } }, 1000, undefined, "b"],
    ["of a shard is its own until that is relieved", { shardKeys: { s: 7 }, retired: { s: 1000 } }, 999, 7, "s"],
    ["of a shard is not its own any more from then on", { shardKeys: { s: 7 }, retired: { s: 1000 } }, 1000, 7, "b"],
    ["of a shard is the later of its own, once the earlier has retired", { shardKeys: { a: 7, s: 7 }, retired: { a: 900 } }, 1000, 7, "s"],
    ["of a shard is not one that is gone", { shardKeys: { z: 7 } }, 1000, 7, "b"],
  ])("%s", (_, changes, now, shard, kid) => {
    expect(signingKeyId({ ...KEYS, ...changes }, now, shard)).toBe(kid);
  });
});
