const { relative } = require("node:path");
const { default: Sequencer } = require("@jest/test-sequencer");

const TESTS = `${__dirname}/..`;

/** Seconds on two cores, of what takes longest. Rough is enough: a wrong number costs seconds at the end of a run. */
const KNOWN = {
  "apply/gateway.apply.test.ts": 410,
  "simulation/histories.simulation.test.ts": 270,
  "apply/cognito.apply.test.ts": 240,
  "review/changes.terraform.test.ts": 215,
  "apply/everything.apply.test.ts": 190,
  "apply/module.apply.test.ts": 170,
  "control-plane/key-rotator/continuity.edge.test.ts": 160,
  "export/module.terraform.test.ts": 150,
  "apply/attach.apply.test.ts": 150,
  "keycloak/provider.keycloak.test.ts": 140,
  "stacks/plan/plan.terraform.test.ts": 130,
  "stacks/options.terraform.test.ts": 120,
  "cli/events.edge.test.ts": 105,
  "browser/pages.browser.test.ts": 75,
  "export/hcl-plan.terraform.test.ts": 75,
  "functions/gate/cost.edge.test.ts": 75,
  "edge-handlers/auth/lease.edge.test.ts": 65,
  "edge-handlers/auth/sequential-calls.edge.test.ts": 60,
  "package/tarball.package.test.ts": 60,
  "control-plane/revoker/lockdown.edge.test.ts": 55,
  "control-plane/key-rotator/steps.edge.test.ts": 55,
};

/** Of a file that is neither above nor in jest's cache, by its tier. */
const USUAL = {
  apply: 150,
  simulation: 100,
  keycloak: 100,
  package: 45,
  terraform: 25,
  browser: 20,
  edge: 10,
  unit: 3,
};

/**
 * A long file that starts last has one worker busy and all others idle. Jest knows what files take from its cache, which
 * a new machine does not have.
 */
class LongestFirst extends Sequencer {
  static known = KNOWN;

  sort(tests) {
    const sorted = super.sort(tests);
    // What jest knows of each file is in `duration`, in milliseconds.
    const seconds = ({ path, duration, context }) =>
      duration !== undefined
        ? duration / 1000
        : (KNOWN[relative(TESTS, path)] ?? USUAL[context.config.displayName.name]);
    const failed = (test) => Number(this.hasFailed(test));
    return sorted.sort((a, b) => failed(b) - failed(a) || seconds(b) - seconds(a));
  }
}

module.exports = LongestFirst;
