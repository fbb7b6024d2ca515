import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cognitoPoolSchema } from "../../config/cognito-pool";
import { SMALL_POOL } from "../support/cognito-pools";

const PAGE = readFileSync(join(__dirname, "../../docs/identity/cognito.md"), "utf8");
/** Setting to what its row says of the default. */
const ROWS = new Map([...PAGE.matchAll(/^\| `([^`]+)` \|.*\| (.+) \|$/gm)].map(([, key, value]) => [key!, value!]));
const { passwords, tokens, ...others } = cognitoPoolSchema.parse(SMALL_POOL);
const DEFAULTS: Record<string, unknown> = {
  ...others,
  ...Object.fromEntries(Object.entries(passwords).map(([key, value]) => [`passwords.${key}`, value])),
  ...Object.fromEntries(Object.entries(tokens).map(([key, value]) => [`tokens.${key}`, durationOf(value)])),
};

test("names every setting of a pool, and none that does not exist", () => {
  const settings = Object.keys(cognitoPoolSchema.shape).flatMap((key) =>
    ["passwords", "tokens"].includes(key) ? Object.keys(DEFAULTS).filter((name) => name.startsWith(`${key}.`)) : [key],
  );
  expect([...ROWS.keys()].sort()).toEqual(settings.sort());
});

test.each([...ROWS].filter(([key]) => key !== "domain"))("says the default of %s", (key, written) => {
  expect(written).toBe(key in DEFAULTS ? `\`${JSON.stringify(DEFAULTS[key])}\`` : "–");
});

function durationOf(seconds: number): string {
  return seconds % 86_400 === 0 ? `${seconds / 86_400}d` : `${seconds / 60}m`;
}
