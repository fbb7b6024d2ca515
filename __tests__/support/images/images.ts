/** Images for configs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const LOGO = join(__dirname, "logo.svg");
export const LOGO_URL = `data:image/svg+xml;base64,${readFileSync(LOGO).toString("base64")}`;
