/** The people and programs who make the load: users with different roles, and the tokens of their sessions. */
import { randomBytes } from "node:crypto";
import { hmac } from "../../session/node-hash";
import { tokenKey, type SessionKeys } from "../../session/keys";
import { NO_FLOOR } from "../../session/shard";
import { EDGE_TOKEN_VERSION, mintToken, SESSION_TOKEN_VERSION, type Session } from "../../session/token";

export interface Person {
  session: Session;
  /** Current tokens, as cookie and as bearer token. */
  cookie: string;
  bearer: string;
  /** The same tokens, expired. */
  expired: string;
  /** If the session is being revoked: the start and the end of the revocation, in milliseconds of this process. */
  revoked?: { from: number; until: number };
}

/** Roles, claims and authentications that rules ask for, in every combination that matters. */
const KINDS: Partial<Session>[] = [
  {},
  { roles: ["staff"] },
  { roles: ["admin"] },
  { roles: ["staff", "auditor"] },
  { roles: ["staff", "auditor", "contractor"] },
  { roles: ["Domain Admins"] },
  { roles: ["sales"], claims: { department: ["Sales"] } },
  { roles: ["admin"], strength: "mfa" },
  { roles: ["admin"], strength: "mfa", authTime: 0 },
  { claims: { plan: ["pro"], department: ["R&D", "Ops"] } },
  { claims: { plan: ["free"] } },
  { claims: { scope: ["reports:read", "reports:write"] } },
  { idp: "partner", email: "" },
  { idp: "partner", roles: ["staff"] },
  { email: "someone@sub.example.com" },
];

const TOKEN_SECONDS = 1800;

/** @param count how many; they take turns in their kinds */
export function makePeople(count: number, keys: SessionKeys): Person[] {
  const now = Math.floor(Date.now() / 1000);
  return Array.from({ length: count }, (_, i): Person => {
    const session: Session = {
      uid: id(),
      sid: id(),
      issuedAt: now - 100,
      expiresAt: now + TOKEN_SECONDS,
      mark: 0,
      floor: NO_FLOOR,
      authTime: now - 100,
      idp: "main",
      strength: "",
      roles: [],
      email: `user-${i}@example.com`,
      claims: {},
      ...KINDS[i % KINDS.length],
    };
    return { session, ...tokens(session, keys) };
  });
}

/** Signs the tokens of people again, with the current key. */
export function renew(people: readonly Person[], keys: SessionKeys): void {
  for (const person of people) Object.assign(person, tokens(person.session, keys));
}

function tokens(session: Session, { current, keys }: SessionKeys): Pick<Person, "cookie" | "bearer" | "expired"> {
  const key = tokenKey(hmac, keys[current]!);
  const ended = { ...session, expiresAt: Math.floor(Date.now() / 1000) - 5 };
  return {
    cookie: mintToken(hmac, key, current, session, SESSION_TOKEN_VERSION),
    bearer: mintToken(hmac, key, current, session, EDGE_TOKEN_VERSION),
    expired: mintToken(hmac, key, current, ended, SESSION_TOKEN_VERSION),
  };
}

/** 16 characters of base64url, as a `uid` or `sid`. */
function id(): string {
  return randomBytes(12).toString("base64url");
}
