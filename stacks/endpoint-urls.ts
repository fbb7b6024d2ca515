/** Where a gateway's endpoints are. */
export interface Place {
  /** Every host that the gateway serves, the main one first. */
  hosts: readonly string[];
  basePath: string;
}

/** The URLs of one endpoint, by host. @param path below the base path, such as `/callback/main` */
export function endpointUrls({ hosts, basePath }: Place, path: string): string[] {
  return hosts.map((host) => `https://${host}${basePath}${path}`);
}
