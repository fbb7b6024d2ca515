/**
 * The CDKTF app of this repository, named in `cdktf.json`. It synthesizes the gateway of `EDGEGATE_CONFIG`, or the
 * example. In a project that installs edgegate, the app is `edgegate synth`.
 */
import { join } from "node:path";

process.env["EDGEGATE_CONFIG"] ||= join(__dirname, "config/example.ts");
process.argv.splice(2, 0, "synth");
void import("./cli/main");
