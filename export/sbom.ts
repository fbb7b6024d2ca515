/** The software bill of materials: CycloneDX 1.5 (https://cyclonedx.org/docs/1.5/json/). */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { componentsFile, type Artifacts } from "../build/artifacts";
import type { Component } from "../build/components";

/** @param modules names of the modules beside the gateway's. They have no bundles */
export function sbomOf(artifacts: Artifacts, modules: readonly string[] = []): string {
  const { version } = createRequire(__filename)("edgegate/package.json") as { version: string };
  const components = JSON.parse(readFileSync(componentsFile(artifacts), "utf8")) as Component[];
  const bom = {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: { component: { type: "application", name: "edgegate", version, purl: purlOf("edgegate", version) } },
    components: [
      ...modules.map((name) => ({ type: "application", group: "edgegate", name, version })),
      ...components.map(({ name, version, license }) => ({
        type: "library",
        name,
        version,
        purl: purlOf(name, version),
        licenses: [{ expression: license }],
      })),
    ],
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

/** https://github.com/package-url/purl-spec: the at sign of a scope is encoded. */
function purlOf(name: string, version: string): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}
