/** Prints the totals of all tiers as one plain line, for machines that read only the last line. */
class TotalsReporter {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites }) {
    const totals = `${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed, ${numPendingTests} skipped`;
    // Jest prints its summary after every other reporter.
    process.once("exit", () => process.stdout.write(`\n${totals}\n`));
  }
}

module.exports = TotalsReporter;
