/** Keycloak as the identity provider: one server and one edge for all tests, because both take long to start. */
import { startKeycloakEdge, type KeycloakEdge } from "../support/keycloak-edge";
import { describeWithKeycloak } from "../support/tools";
import { canceledSignIns } from "./canceled-sign-ins";
import { clients } from "./clients";
import { concurrentRenewals } from "./concurrent-renewals";
import { directory } from "./directory";
import { groups } from "./groups";
import { keyRollover } from "./key-rollover";
import { levels } from "./levels";
import { oneTimePasswords } from "./one-time-passwords";
import { onlineSessions } from "./online-sessions";
import { realms } from "./realms";
import { sessions } from "./sessions";

/** For a test that hangs: Keycloak's start and fifty renewals by four tabs take minutes on a busy machine. */
jest.setTimeout(900_000);

describeWithKeycloak("people who sign in at Keycloak, where a refresh token is good once", (folder) => {
  let gateway: KeycloakEdge;

  beforeAll(async () => {
    gateway = await startKeycloakEdge(folder);
  });
  afterAll(() => gateway?.close());

  const all = [
    concurrentRenewals,
    sessions,
    clients,
    oneTimePasswords,
    levels,
    canceledSignIns,
    keyRollover,
    realms,
    groups,
    directory,
    onlineSessions,
  ];
  for (const describeTests of all) describeTests(() => gateway);
});
