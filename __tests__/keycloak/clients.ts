/** How the gateway is a client of Keycloak. */
import type { KeycloakEdge } from "../support/keycloak-edge";
import { pathOf } from "../support/keycloak-clients";
import { ScriptedPerson, userNamed } from "../support/keycloak-person";

const GUS = userNamed("gus");
const AS_PERSON = { accept: "text/html", "sec-fetch-mode": "navigate" };

export function clients(started: () => KeycloakEdge): void {
  describe("a client", () => {
    let gateway: KeycloakEdge;
    beforeAll(async () => {
      gateway = started();
      await gateway.realms.company.addUsers([GUS]);
    });

    test.each([
      ["with a secret", "main", "client-secret"],
      ["that is public, with PKCE alone", "public", "client-secret"],
      ["with a key of its own, which it publishes", "keys", "client-jwt"],
      ["that pushes its requests", "pushed", "client-secret"],
    ])("%s signs people in, renews their sessions and signs them out", async (_name, id, method) => {
      const path = id === "main" ? "/staff" : pathOf(id);
      const person = new ScriptedPerson(gateway);
      const before = await counts(id);
      const { sid } = await person.signIn(GUS, path);
      await person.age();
      expect((await person.open(path)).status).toBe(200);
      expect(person.session()).toMatchObject({ sid, idp: id, roles: ["staff"], email: GUS.email });
      expect((await person.open("/_gate/logout")).url.pathname).toBe("/_gate/signed-out");
      expect((await person.open(path)).body).toContain("kc-form-login");
      const after = await counts(id);
      // Signing out takes one more, for the ID token that Keycloak wants as a hint.
      expect({ method, signIns: after.signIns - before.signIns, renewals: after.renewals - before.renewals }).toEqual({
        method: after.method,
        signIns: 1,
        renewals: 2,
      });
    });

    test("that pushes its requests shows nothing of them in the browser, and Keycloak takes no others", async () => {
      const { client } = new ScriptedPerson(gateway);
      const login = new URL(`/_gate/login?${new URLSearchParams({ return_to: pathOf("pushed") })}`, gateway.edge.url);
      const { headers } = await client.send("GET", login, AS_PERSON);
      const pushed = new URL(String(headers["location"]));
      expect([...pushed.searchParams.keys()]).toEqual(["client_id", "request_uri"]);
      expect((await client.open(pushed)).body).toContain("kc-form-login");

      pushed.search = new URLSearchParams({
        client_id: "gateway-pushed",
        redirect_uri: `${gateway.edge.url}/_gate/callback/pushed`,
        response_type: "code",
        scope: "openid",
      }).toString();
      expect((await client.send("GET", pushed, AS_PERSON)).headers["location"]).toContain("error=invalid_request");
    });

    async function counts(id: string): Promise<{ signIns: number; renewals: number; method: string | undefined }> {
      const { company } = gateway.realms;
      const [signIns, renewals] = [
        await company.events("CODE_TO_TOKEN", id),
        await company.events("REFRESH_TOKEN", id),
      ];
      return {
        signIns: signIns.length,
        renewals: renewals.length,
        method: signIns[0]?.details?.["client_auth_method"],
      };
    }
  });
}
