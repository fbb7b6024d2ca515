const { default: Sequencer } = require("@jest/test-sequencer");

/** Tiers by what their longest file takes. Most of `apply` is waiting, beside which the others can work. */
const TIERS = ["apply", "simulation", "keycloak", "terraform", "browser", "edge", "unit"];

/** A long file that starts last has one worker busy and all others idle. Jest knows no durations on a new machine. */
class LongestFirst extends Sequencer {
  sort(tests) {
    const place = ({ context }) => TIERS.indexOf(context.config.displayName.name);
    return super.sort(tests).sort((a, b) => place(a) - place(b));
  }
}

module.exports = LongestFirst;
