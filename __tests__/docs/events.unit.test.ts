/** The page about security events: its configs are valid, and it names every event that the gateway acts upon. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../../config/load";
import { canEndSessions, EVENT_TYPES } from "../../session/security-events";
import { SMALL } from "../support/small-config";

const PAGE = readFileSync(join(__dirname, "../../docs/events.md"), "utf8");
const ROWS = [...PAGE.matchAll(/^\| ((?:CAEP|RISC) `.+`) \| .+ \| (always|`on`) \|$/gm)];

const CONFIGS = [...PAGE.matchAll(/^```ts\n(eventTransmitters: [^]*?)\n```$/gm)].map(([, block]) => block!);

test("its configs are valid", () => {
  expect(CONFIGS.length).toBeGreaterThanOrEqual(2);
  for (const block of CONFIGS) {
    const { eventTransmitters } = new Function(`return {${block}}`)() as { eventTransmitters: object };
    expect(() => parseConfig({ ...SMALL, eventTransmitters })).not.toThrow();
  }
});

test.each(Object.values(EVENT_TYPES).filter(({ ends }) => ends !== "nothing"))("says when $name acts", (type) => {
  const [family, event] = type.name.split(" ");
  const row = ROWS.find(([, events]) => events!.startsWith(family!) && events!.includes(`\`${event}\``));
  expect(row?.[2]).toBe(canEndSessions(type, undefined) ? "always" : "`on`");
});
