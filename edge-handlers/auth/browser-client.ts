/** The text of the browser client, which the build puts in here (build/browser-client.ts). */
declare const BROWSER_CLIENT: string | undefined;

export const DEFAULT_BASE_PATH = "/_gate";

/** Minified; it has {@link DEFAULT_BASE_PATH} in quotes once. Empty in code that is not bundled. */
export const MODULE = typeof BROWSER_CLIENT === "string" ? BROWSER_CLIENT : "";
