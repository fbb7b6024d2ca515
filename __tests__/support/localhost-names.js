/** See local/localhost-names.js. */
require("../../local/localhost-names.js");
