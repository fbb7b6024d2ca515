#!/usr/bin/env node
// The AWS SDK warns of the next year's Node; its version and Node's are chosen by this package, not by its operators.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
// Loads the TypeScript of the command line.
require("tsx");
require("./main.ts");
