/**
 * Preloaded into a measured process that ends by force: writes its peak of memory in bytes to a file, again and again.
 */
const { writeFileSync } = require("node:fs");

setInterval(() => writeFileSync(process.env.MEMORY_FILE, String(process.resourceUsage().maxRSS * 1024)), 100).unref();
