/** What identity providers of Entra's and of Cognito's kind say about their users. */
import type { ShapedClaims, ShapedProviders } from "./shaped-edge";

const [CONTOSO, FABRIKAM, OTHER] = [
  "8eaef023-2b34-4da1-9baa-8bc8c9d6a490",
  "5b6e7a1c-0f0e-4c55-8a3f-111122223333",
  "00000000-aaaa-bbbb-cccc-444455556666",
] as [string, string, string];
export const PROVIDERS: ShapedProviders = {
  entra: { profile: "entra", tenants: [CONTOSO], roles: { map: { "Handbook.Admin": "admin" }, grant: ["admin"] } },
  partners: { profile: "entra", tenants: [CONTOSO, FABRIKAM], roles: { claim: "groups", grant: ["staff"] } },
  cognito: { profile: "cognito", roles: { map: { administrators: "admin" }, grant: ["admin"] } },
};

/** https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference */
const entra = (id: string, more: Record<string, unknown> = {}) => ({
  ver: "2.0",
  tid: CONTOSO,
  oid: `oid-of-${id}`,
  name: id,
  email: `${id}@contoso.example`,
  xms_edov: true,
  login_hint: `hint-of-${id}`,
  ...more,
});
export const CLAIMS: ShapedClaims = {
  entra: {
    ada: entra("ada", { roles: ["Handbook.Admin", "Wiki.Admin"] }),
    mel: entra("mel", { roles: ["Handbook.Admin"] }),
    old: entra("old", { ver: "1.0" }),
    bob: entra("bob", { tid: FABRIKAM }),
  },
  partners: {
    sue: entra("sue", { groups: ["staff"] }),
    bob: entra("bob", { tid: FABRIKAM, groups: ["staff"] }),
    eve: entra("eve", { tid: OTHER, groups: ["staff"] }),
    max: entra("max", { _claim_names: { groups: "src1" }, _claim_sources: { src1: { endpoint: "https://graph" } } }),
    hal: entra("hal", { hasgroups: true }),
  },
  // https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html
  cognito: {
    cat: {
      token_use: "id",
      email: "cat@example.com",
      email_verified: true,
      "cognito:username": "cat",
      "cognito:groups": ["administrators", "readers"],
    },
  },
};
