/**
 * Preloaded into a measured process that is killed at the end: writes its peak memory in bytes to a file every 100 ms.
 */
const { writeFileSync } = require("node:fs");

setInterval(() => writeFileSync(process.env.MEMORY_FILE, String(process.resourceUsage().maxRSS * 1024)), 100).unref();
