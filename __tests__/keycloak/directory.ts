/** Groups and addresses as a directory has them, and not as a gateway would like them. */
import { edgegate } from "../support/cli";
import { ODD_ROLES, pathOf } from "../support/keycloak-clients";
import type { KeycloakEdge } from "../support/keycloak-edge";
import { ScriptedPerson, userNamed } from "../support/keycloak-person";
import { expectSoon } from "../support/soon";

const [NIA, OLE, PIA] = [userNamed("nia"), userNamed("ole"), userNamed("pia")];
const PATH = pathOf("directory");

export function directory(started: () => KeycloakEdge): void {
  describe("a directory", () => {
    let gateway: KeycloakEdge;
    beforeAll(async () => {
      gateway = started();
      const { company } = gateway.realms;
      await company.addGroups(["Domain Users", "clinic/Ärzte", "cn=a,ou=b"]);
      await company.addUsers([NIA], { groups: ODD_ROLES });
      await company.addUsers([OLE], { groups: ["/Domain Users"] });
      await company.addUsers([PIA], { emailVerified: false });
    });

    test("names groups with spaces, slashes, commas and umlauts, and the policy names them so", async () => {
      const person = new ScriptedPerson(gateway);
      expect(await person.signIn(NIA, PATH)).toMatchObject({ roles: ODD_ROLES });
      await person.age();
      expect((await person.open(PATH)).status).toBe(200);
      expect(person.session()).toMatchObject({ idp: "directory", roles: ODD_ROLES });
      expect(JSON.parse((await person.open("/_gate/me")).body)).toMatchObject({ roles: ODD_ROLES });
      expect(await new ScriptedPerson(gateway).signIn(OLE, PATH)).toMatchObject({ roles: ["/Domain Users"] });
    });

    test("has people whose address nobody verified: they are found by it, and revoked", async () => {
      const person = new ScriptedPerson(gateway);
      const session = await person.signIn(PIA, "/staff");
      expect(session.email).toBe("");
      const local = `--local=${new URL(gateway.edge.url).port}`;
      const listed = await edgegate(["sessions", "--user", PIA.email, local]);
      expect(listed).toMatchObject({ code: 0, stderr: "" });
      expect(listed.stdout).toContain(`${PIA.email} (not verified)`);
      expect(listed.stdout).toContain(session.sid);
      expect(await edgegate(["revoke", "user", PIA.email, "--yes", local])).toMatchObject({ code: 0, stderr: "" });
      await expectSoon(async () => (await person.client.fetch("GET", `${gateway.edge.url}/staff`)).status, 401);
    });
  });
}
