#!/usr/bin/env node
// The AWS SDK warns of the next year's Node; its version and Node's are chosen by this package, not by its operators.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
const { existsSync } = require("node:fs");
const { join } = require("node:path");

// A checkout has the sources, the package what they were compiled to.
if (existsSync(join(__dirname, "main.ts"))) {
  require("tsx");
  require("./main.ts");
} else require("../dist/cli/main.js");
