/** What an administrator of a realm does in Keycloak's console. */
import type { Keycloak } from "./keycloak";
import type { RealmName } from "./keycloak-clients";

export interface KeycloakUser {
  name: string;
  password: string;
  email: string;
}

export interface KeycloakEvent {
  type: string;
  details?: Record<string, string>;
}

export interface KeycloakAdmin {
  /** By default, users have the role `staff`. @param more a part of their UserRepresentation */
  addUsers(
    users: KeycloakUser[],
    more?: { realmRoles?: string[]; groups?: string[]; credentials?: object[]; emailVerified?: boolean },
  ): Promise<void>;
  addGroups(names: string[]): Promise<void>;
  /** Gives the client of a provider another secret. */
  replaceSecret(provider: string, secret: string): Promise<void>;
  /** What happened since the start. @param provider if given, only at this client */
  events(type: string, provider?: string): Promise<KeycloakEvent[]>;
  /** With each session of a user here. */
  endSessionsOf(user: KeycloakUser): Promise<void>;
  /** Takes the role `staff` from a user. */
  takeRoleFrom(user: KeycloakUser): Promise<void>;
  disable(user: KeycloakUser): Promise<void>;
  /** Adds a key, which is used for tokens of this algorithm. @param provider Keycloak's kind of key */
  addKey(provider: "ecdsa-generated" | "eddsa-generated"): Promise<void>;
  signWith(algorithm: string): Promise<void>;
}

/** @param name with `/` between a group and its subgroup */
function groupNamed(path: string): object {
  const [name, ...rest] = path.split("/");
  return { name, path: `/${name}`, subGroups: rest.length === 0 ? [] : [{ name: rest[0], path: `/${path}` }] };
}

/** Lists have 100 entries where nothing is said. */
const ALL = 10_000;

export function keycloakAdmin({ admin }: Keycloak, realm: RealmName): KeycloakAdmin {
  const list = async (path: string) => (await admin("GET", `/${realm}/${path}`)) as { id: string; name?: string }[];
  const idOf = async ({ name }: KeycloakUser) => (await list(`users?exact=true&username=${name}`))[0]!.id;
  /** Unlike single requests, an import takes roles and credentials. */
  const add = (what: object) => admin("POST", `/${realm}/partialImport`, { ifResourceExists: "FAIL", ...what });
  return {
    async addUsers(users, { credentials = [], ...more } = {}) {
      const representations = users.map(({ name, password, email }) => ({
        username: name,
        email,
        emailVerified: true,
        firstName: name,
        lastName: "Example",
        enabled: true,
        realmRoles: ["staff"],
        ...more,
        credentials: [{ type: "password", value: password, temporary: false }, ...credentials],
      }));
      await add({ users: representations });
    },
    addGroups: async (names) => void (await add({ groups: names.map(groupNamed) })),
    async replaceSecret(provider, secret) {
      const [client] = await list(`clients?clientId=gateway-${provider}`);
      await admin("PUT", `/${realm}/clients/${client!.id}`, { ...client, secret });
    },
    events: async (type, provider) => {
      const client = provider === undefined ? "" : `&client=gateway-${provider}`;
      return (await admin("GET", `/${realm}/events?type=${type}&max=${ALL}${client}`)) as KeycloakEvent[];
    },
    async endSessionsOf(user) {
      for (const { id } of await list(`users/${await idOf(user)}/sessions`))
        await admin("DELETE", `/${realm}/sessions/${id}`);
    },
    async takeRoleFrom(user) {
      const roles = `users/${await idOf(user)}/role-mappings/realm`;
      const staff = (await list(roles)).filter(({ name }) => name === "staff");
      await admin("DELETE", `/${realm}/${roles}`, staff);
    },
    disable: async (user) => void (await admin("PUT", `/${realm}/users/${await idOf(user)}`, { enabled: false })),
    async addKey(provider) {
      const config = { priority: ["200"] };
      const providerType = "org.keycloak.keys.KeyProvider";
      await admin("POST", `/${realm}/components`, { name: provider, providerId: provider, providerType, config });
    },
    signWith: async (algorithm) =>
      void (await admin("PUT", `/${realm}`, { realm, defaultSignatureAlgorithm: algorithm })),
  };
}
