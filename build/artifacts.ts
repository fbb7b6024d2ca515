/** The files that the stack deploys: the gate's base source and the zips of the Lambda functions. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";

/** Absolute paths of the files. */
export interface Artifacts {
  /** Source text of the gate, without settings and policy. Its variants are beside it (gate-features.ts). */
  gate: string;
  /** Zip of the auth handler. */
  auth: string;
  /** Zip of the handler that verifies access tokens. */
  bearer: string;
  /** Zip of the site handler. */
  site: string;
  /** Zip of the key rotator. */
  keyRotator: string;
  /** Zip of the revoker. */
  revoker: string;
  /** Zip of the archiver of audit events. */
  archiver: string;
}

/** The folder in the package. A checkout has no such folder beside its sources. */
const PREBUILT = resolve(__dirname, "../artifacts");

export function artifactsIn(folder: string): Artifacts {
  return {
    gate: join(folder, "gate.js"),
    auth: join(folder, "auth.zip"),
    bearer: join(folder, "bearer.zip"),
    site: join(folder, "site.zip"),
    keyRotator: join(folder, "key-rotator.zip"),
    revoker: join(folder, "revoker.zip"),
    archiver: join(folder, "archiver.zip"),
  };
}

/** Beside them: the packages in the zips (components.ts), as JSON. */
export function componentsFile({ auth }: Artifacts): string {
  return join(dirname(auth), "components.json");
}

/**
 * The artifacts of the package. In a checkout they are built from its sources, once per process.
 *
 * @throws Error from esbuild, with the location, if the code does not build
 */
export function artifacts(): Artifacts {
  return (found ??= isPackage() ? artifactsIn(PREBUILT) : built());
}

/** False in a checkout, where everything is built from the sources. */
export function isPackage(): boolean {
  return existsSync(PREBUILT);
}

let found: Artifacts | undefined;

function built(): Artifacts {
  // The package has neither this module nor esbuild.
  const { buildArtifacts } = createRequire(__filename)("./bundle") as { buildArtifacts: () => Artifacts };
  return buildArtifacts();
}
