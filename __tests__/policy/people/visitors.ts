/** People with their requests, made from a seed: every kind of thing that a condition can ask about, and its absence. */
import type { Random } from "../../support/generated-policies";

export interface Session {
  uid: string;
  idp: string;
  roles: readonly string[];
  /** `scope` among them. */
  claims: Readonly<Record<string, readonly string[]>>;
  email: string | undefined;
  acr: string | undefined;
  /** Seconds since the authentication. */
  age: number | undefined;
}

export interface Visitor {
  session: Session | undefined;
  address: string;
  country: string | undefined;
  /** Seconds since 1970. */
  at: number;
  path: string;
}

export const UIDS = ["x", "y", "other"];
export const IDPS = ["m", "n", "elsewhere"];
export const ROLES = ["r", "s", "t"];
export const SCOPES = ["read", "write"];
export const CLAIMS = { plan: ["free", "premium", "odd value"], team: ["x", "y"] };
export const EMAILS = ["ann@a.example", "bob@a.example", "ann@b.example", "ann@sub.a.example"];
export const CLASSES = ["pwd", "mfa", "phr"];
export const AGES = [0, 60, 61, 900, 901];
export const ADDRESSES = [
  "10.0.0.0",
  "10.1.2.3",
  "10.255.255.255",
  "11.0.0.0",
  "192.0.2.7",
  "2001:db8::1",
  "2001:db9::1",
];
export const COUNTRIES = ["DE", "AT", "RU", "JP"];
/** Around the ends of the windows of generated conditions: a Tuesday, and the weekend before. */
export const TIMES = [
  ...["2026-11-28T08:00:00Z", "2026-11-29T23:59:59Z", "2026-11-30T00:00:00Z", "2026-12-01T07:59:59Z"],
  ...["2026-12-01T08:00:00Z", "2026-12-01T17:59:59Z", "2026-12-01T18:00:00Z", "2026-12-01T23:30:00Z"],
].map((time) => Date.parse(time) / 1000);
export const PATHS = ["/p/x", "/p/y", "/p/other", "/p/x/x", "/p/x/y", "/p/y/x", "/q/x"];

export function generatedVisitor(next: Random): Visitor {
  const one = <T>(values: readonly T[]): T => values[next(values.length)]!;
  const some = <T>(values: readonly T[]): T[] => values.filter(() => next(2) === 0);
  const perhaps = <T>(values: readonly T[]): T | undefined => (next(5) === 0 ? undefined : one(values));
  const session = (): Session => ({
    uid: one(UIDS),
    idp: one(IDPS),
    roles: some(ROLES),
    claims: { scope: some(SCOPES), plan: some(CLAIMS.plan), team: some(CLAIMS.team) },
    email: perhaps(EMAILS),
    acr: perhaps(CLASSES),
    age: perhaps(AGES),
  });
  return {
    session: next(6) === 0 ? undefined : session(),
    address: one(ADDRESSES),
    country: perhaps(COUNTRIES),
    at: one(TIMES),
    path: one(PATHS),
  };
}
