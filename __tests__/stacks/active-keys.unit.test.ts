import { parseConfig } from "../../config/load";
import { keyRetention } from "../../stacks/key-rotator";
import { SMALL } from "../support/small-config";

/**
 * One update of the store takes 50 keys:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-keyvaluestores
 */
const KEYS_IN_UPDATE = 50;
/** Left for the records of shards beside those of the keys. */
const FOR_SHARDS = 10;

const session = (absolute: string, keyRotationDays: number) =>
  parseConfig({ ...SMALL, session: { absolute, keyRotationDays } });

test("the longest sessions and the most frequent rotation that a config may ask for", () => {
  expect(() => session("30d", 1)).not.toThrow();
  expect(() => session("43201m", 1)).toThrow("session.absolute");
  expect(() => session("30d", 0)).toThrow("session.keyRotationDays");
  expect(() => session("30d", 0.9)).toThrow("session.keyRotationDays");
});

test("leave no more active keys than one update of the store can rewrite beside shards", () => {
  const config = session("30d", 1);
  // Those that signed within the retention, the one that signs and the one that is announced.
  const active = Math.ceil(keyRetention(config) / (config.session.keyRotationDays * 86_400)) + 2;
  expect(active).toBeLessThanOrEqual(KEYS_IN_UPDATE - FOR_SHARDS);
});

test("a key that no longer signs is kept until its longest session has ended, and 25 hours more", () => {
  expect(keyRetention(session("12h", 30))).toBe(12 * 3600 + 25 * 3600);
});
