/**
 * Preloaded into a measured process: its peak of memory in kilobytes
 * (https://nodejs.org/api/process.html#processresourceusage).
 */
process.on("exit", () => process.stderr.write(`peak=${process.resourceUsage().maxRSS}`));
