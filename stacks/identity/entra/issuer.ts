/** https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-the-issuer */
export function issuerOfTenant(tenant: string): string {
  return `https://login.microsoftonline.com/${tenant}/v2.0`;
}
