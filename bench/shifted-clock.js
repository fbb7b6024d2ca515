/**
 * Preloaded into the handler's process (`NODE_OPTIONS=--require`): `Date` runs ahead of the machine's clock by the
 * milliseconds in the file that SHIFTED_CLOCK_FILE names. So lifetimes and caches expire without waiting.
 */
const { readFileSync } = require("node:fs");

const RealDate = Date;
const file = process.env.SHIFTED_CLOCK_FILE;
const now = () => RealDate.now() + Number(readFileSync(file, "utf8"));

class ShiftedDate extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(now());
    else super(...parts);
  }
  static now() {
    return now();
  }
}

globalThis.Date = ShiftedDate;
