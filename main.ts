/**
 * The CDKTF app of this repository, which `cdktf.json` names: the gateway of `EDGEGATE_CONFIG`, or the example. In a
 * project that has edgegate as a package, `edgegate synth` is the app.
 */
import { join } from "node:path";

process.env["EDGEGATE_CONFIG"] ||= join(__dirname, "config/example.ts");
process.argv.splice(2, 0, "synth");
void import("./cli/main");
