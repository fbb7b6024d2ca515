/** A realm that replaces its signing key by one of another kind. */
import { decodeProtectedHeader } from "jose";
import { pathOf } from "../support/keycloak-clients";
import type { KeycloakEdge } from "../support/keycloak-edge";
import { ScriptedPerson, userNamed } from "../support/keycloak-person";

const JON = userNamed("jon");
const PATH = pathOf("rolling");

export function keyRollover(started: () => KeycloakEdge): void {
  describe("a realm whose signing key moves from RS256 to ES256 to EdDSA", () => {
    let gateway: KeycloakEdge;
    let longSignedIn: ScriptedPerson;

    beforeAll(async () => {
      gateway = started();
      await gateway.realms.rolling.addUsers([JON]);
      longSignedIn = new ScriptedPerson(gateway);
      await longSignedIn.signIn(JON, PATH);
    });

    // The second is announced: it is published with the first, and a handler fetches keys once in 30 s at most.
    test.each([
      ["RS256", []],
      ["ES256", ["ecdsa-generated", "eddsa-generated"]],
      ["EdDSA", []],
    ] as const)("signs people in and renews their sessions with %s", async (algorithm, keys) => {
      const { rolling } = gateway.realms;
      for (const key of keys) await rolling.addKey(key);
      await rolling.signWith(algorithm);
      expect(await algorithmOfIdTokens()).toBe(algorithm);
      await new ScriptedPerson(gateway).signIn(JON, PATH);
      const { sid } = longSignedIn.session();
      await longSignedIn.age();
      expect((await longSignedIn.open(PATH)).url.pathname).toBe(PATH);
      expect(longSignedIn.session().sid).toBe(sid);
    });

    /** As another client of the realm gets them. */
    async function algorithmOfIdTokens(): Promise<string | undefined> {
      const { client } = new ScriptedPerson(gateway);
      const url = `${gateway.keycloak}/realms/rolling/protocol/openid-connect/token`;
      const grant = { grant_type: "password", client_id: "admin-cli", scope: "openid" };
      const form = new URLSearchParams({ ...grant, username: JON.name, password: JON.password });
      const { body } = await client.send("POST", new URL(url), {}, form.toString());
      return decodeProtectedHeader((JSON.parse(body) as { id_token: string }).id_token).alg;
    }
  });
}
