import { hmacText } from "../../local/hmac";
import { cookieKey, KEY_ID, tokenKey } from "../../session/keys";

const MASTER = "first-master-key-of-43-characters-012345678";

// Computed apart from this project: living sessions are signed with these keys, so they can never change.
test("the derived keys are HMAC-SHA256 of their purpose", () => {
  expect(tokenKey(hmacText, MASTER)).toBe("uc1GbMtZPgquD8-A9maTI1rJ1X2tdkTmidbqZNqwlII");
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
