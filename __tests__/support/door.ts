/** The gate of a site that lets everybody pass who is signed in. */
import { buildGate } from "../../build/gate";
import { policySource } from "../../policy/source";
import type { GateSettings } from "../../session/settings";

const SETTINGS: GateSettings = {
  basePath: "/_gate",
  hosts: ["app.example.com"],
  productName: "Example",
};
let source: string | undefined;

/** As it ships: the base source and what Terraform appends. */
export function gateSource(): string {
  return (source ??= `${buildGate()}\nvar S=${JSON.stringify(SETTINGS)};\n${policySource([{ path: "/**", allow: "signed-in" }])}\nvar F;\n`);
}
