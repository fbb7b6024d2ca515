import type { ViewerRequest } from "../config/viewer-request";

/** The site's own functions under the names by which the gate calls them (build/gate.ts). */
export function ownFunctionsSource({ before, after }: ViewerRequest): string {
  return `${declaration("B", before)}\n${declaration("A", after)}`;
}

function declaration(name: string, own: string | undefined): string {
  return own === undefined ? `var ${name};` : `var ${name}=${own};`;
}
