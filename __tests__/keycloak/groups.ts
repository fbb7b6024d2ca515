/** A user in more groups than fit into a cookie. */
import { SESSION_COOKIE } from "../../session/cookies";
import { pathOf } from "../support/keycloak-clients";
import type { KeycloakEdge } from "../support/keycloak-edge";
import { ScriptedPerson, userNamed } from "../support/keycloak-person";

const LEO = userNamed("leo");
const GROUPS = ["staff", ...Array.from({ length: 299 }, (_, i) => `Department of Things Number ${i}`)];

export function groups(started: () => KeycloakEdge): void {
  describe(`a user in ${GROUPS.length} groups`, () => {
    let gateway: KeycloakEdge;
    beforeAll(async () => {
      gateway = started();
      const { company } = gateway.realms;
      await company.addGroups(GROUPS);
      await company.addUsers([LEO], { groups: GROUPS.map((name) => `/${name}`) });
    });

    test.each(["id-token", "userinfo"])("signs in and is renewed, if they are in the %s", async (id) => {
      const person = new ScriptedPerson(gateway);
      await person.signIn(LEO, pathOf(id));
      await person.age();
      expect((await person.open(pathOf(id))).status).toBe(200);
      expect(person.session()).toMatchObject({ idp: id, roles: ["staff"] });
      expect(person.client.cookie(SESSION_COOKIE)!.length).toBeLessThan(400);
      expect((await person.open("/_gate/logout")).url.pathname).toBe("/_gate/signed-out");
      expect((await person.open(pathOf(id))).body).toContain("kc-form-login");
    });
  });
}
