/** What the gateway does must not end the session that a person has at Keycloak, and Keycloak's changes not ours. */
import { edgegate } from "../support/cli";
import { REFRESH_COOKIE } from "../../session/cookies";
import { CLIENT_SECRET, pathOf } from "../support/keycloak-clients";
import type { KeycloakEdge } from "../support/keycloak-edge";
import { ScriptedPerson, userNamed } from "../support/keycloak-person";
import { expectSoon } from "../support/soon";

const [QUIN, RUTH, SIV] = [userNamed("quin"), userNamed("ruth"), userNamed("siv")];

export function onlineSessions(started: () => KeycloakEdge): void {
  describe("a session at Keycloak", () => {
    let gateway: KeycloakEdge;
    beforeAll(async () => {
      gateway = started();
      await gateway.realms.company.addUsers([QUIN, RUTH, SIV]);
    });

    /** Another site of the company gets the person without a question. */
    async function isKnownThere({ client }: ScriptedPerson): Promise<boolean> {
      return (await client.open(gateway.otherSite)).url.pathname === "/public/other";
    }

    test("stays when a generic provider signs people in, renews and ends theirs", async () => {
      const person = new ScriptedPerson(gateway);
      const { sid } = await person.signIn(QUIN, pathOf("generic"));
      expect(await isKnownThere(person)).toBe(true);
      await person.age();
      expect((await person.open(pathOf("generic"))).status).toBe(200);
      expect(person.session().sid).toBe(sid);
      await gateway.realms.company.endSessionsOf(QUIN);
      await expectSoon(async () => (await person.client.fetch("GET", `${gateway.edge.url}/staff`)).status, 401);
    });

    test("stays when people sign out of this site alone", async () => {
      const person = new ScriptedPerson(gateway);
      await person.signIn(RUTH, "/staff");
      expect((await person.open("/_gate/logout?local")).url.pathname).toBe("/_gate/signed-out");
      expect((await person.client.fetch("GET", `${gateway.edge.url}/staff`)).status).toBe(401);
      expect(await isKnownThere(person)).toBe(true);
    });

    test("is renewed with the client's new secret as soon as it is stored; until then nobody is signed out", async () => {
      const { company } = gateway.realms;
      const path = pathOf("rotated");
      const person = new ScriptedPerson(gateway);
      const { sid } = await person.signIn(SIV, path);
      await company.replaceSecret("rotated", `${CLIENT_SECRET}-2`);
      await person.age();
      const refused = await person.open(path);
      expect([refused.status, refused.headers["retry-after"]]).toEqual([503, "30"]);
      expect([person.session().sid, person.client.cookie(REFRESH_COOKIE)]).toEqual([sid, expect.any(String)]);
      const put = ["secrets", "put", "rotated", `--local=${new URL(gateway.edge.url).port}`];
      expect(await edgegate(put, { input: `${CLIENT_SECRET}-2` })).toMatchObject({ code: 0 });
      expect((await person.open(path)).status).toBe(200);
      expect(person.session().sid).toBe(sid);
    });
  });
}
