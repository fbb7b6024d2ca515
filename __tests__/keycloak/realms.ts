/** Two realms at once: two companies, each with its own people and its own say about roles. */
import { edgegate } from "../support/cli";
import { pathOf } from "../support/keycloak-clients";
import type { KeycloakEdge } from "../support/keycloak-edge";
import { ScriptedPerson, userNamed } from "../support/keycloak-person";
import { expectSoon } from "../support/soon";

const KIM = userNamed("kim");

export function realms(started: () => KeycloakEdge): void {
  describe("the same name, password and e-mail address in two realms", () => {
    test("are two users: one is revoked and the other is not, and each realm grants its own roles", async () => {
      const gateway = started();
      const { company, partner } = gateway.realms;
      for (const realm of [company, partner]) await realm.addUsers([KIM], { realmRoles: ["staff", "admin"] });
      const [here, there] = [new ScriptedPerson(gateway), new ScriptedPerson(gateway)];
      const own = await here.signIn(KIM, "/staff");
      const foreign = await there.signIn(KIM, pathOf("partner"));
      expect(own).toMatchObject({ idp: "main", email: KIM.email, roles: ["admin", "staff"] });
      expect(foreign).toMatchObject({ idp: "partner", email: KIM.email, roles: ["staff"] });
      expect(own.uid).not.toBe(foreign.uid);
      const open = async (person: ScriptedPerson, path: string) =>
        (await person.client.fetch("GET", gateway.edge.url + path)).status;
      expect([await open(here, "/admin"), await open(there, "/admin")]).toEqual([200, 403]);

      const local = `--local=${new URL(gateway.edge.url).port}`;
      const { code, stderr } = await edgegate(["revoke", "user", foreign.uid, "--yes", local]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      await expectSoon(() => open(there, "/staff"), 401);
      expect(await open(here, "/staff")).toBe(200);
    });
  });
}
