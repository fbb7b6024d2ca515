/**
 * The engine's module, for every file of the gate: esbuild keeps the external imports of a file that it leaves out, and
 * the gate of a site that needs none of that file would have one import too many.
 */
import crypto from "crypto";

export { crypto };
