/** Users in more groups than fit into a cookie. */
import { SESSION_COOKIE } from "../../session/cookies";
import { pathOf } from "../support/keycloak-clients";
import type { KeycloakEdge } from "../support/keycloak-edge";
import { signInByScript } from "../support/keycloak-pages";
import { ScriptedPerson, userNamed } from "../support/keycloak-person";

const [LEO, LOU, MAX] = [userNamed("leo"), userNamed("lou"), userNamed("max")];
const GROUPS = ["staff", ...Array.from({ length: 1_599 }, (_, i) => `department-of-many-things-${i}`)];

export function groups(started: () => KeycloakEdge): void {
  describe("a user in many groups", () => {
    let gateway: KeycloakEdge;
    beforeAll(async () => {
      gateway = started();
      const { company } = gateway.realms;
      const all = GROUPS.map((name) => `/${name}`);
      await company.addGroups(GROUPS);
      await company.addUsers([LEO], { groups: all.slice(0, 300) });
      await company.addUsers([LOU], { groups: all.slice(0, 1_000) });
      await company.addUsers([MAX], { groups: all });
    });

    test.each([
      ["300 in the ID token", "id-token", LEO],
      ["300 in userinfo", "userinfo", LEO],
      ["1,000 in userinfo", "userinfo", LOU],
    ])("signs in and is renewed: %s", async (_name, id, user) => {
      const person = new ScriptedPerson(gateway);
      await person.signIn(user, pathOf(id));
      await person.age();
      expect((await person.open(pathOf(id))).status).toBe(200);
      expect(person.session()).toMatchObject({ idp: id, roles: ["staff"] });
      expect(person.client.cookie(SESSION_COOKIE)!.length).toBeLessThan(400);
      expect((await person.open("/_gate/logout")).url.pathname).toBe("/_gate/signed-out");
      expect((await person.open(pathOf(id))).body).toContain("kc-form-login");
    });

    test("does not get in if the ID token is too large for it, and a page says what to change", async () => {
      const { client } = new ScriptedPerson(gateway);
      const { status, body } = await signInByScript(client, gateway.edge.url + pathOf("id-token"), MAX);
      expect([status, client.cookie(SESSION_COOKIE)]).toEqual([502, undefined]);
      expect(body).toContain("limit the reported groups to those that this site needs");
    });
  });
}
