#!/usr/bin/env node
// Hides the AWS SDK's warning about future versions of Node: this package chooses both versions, not its users.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
const { existsSync } = require("node:fs");
const { join } = require("node:path");

// A checkout has the sources, an installed package the compiled code.
if (existsSync(join(__dirname, "main.ts"))) {
  require("../build/typescript.js");
  require("./main.ts");
} else require("../dist/cli/main.js");
