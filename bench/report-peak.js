/**
 * Preloaded into a measured process: prints its peak memory in kilobytes to stderr
 * (https://nodejs.org/api/process.html#processresourceusage).
 */
process.on("exit", () => process.stderr.write(`peak=${process.resourceUsage().maxRSS}`));
