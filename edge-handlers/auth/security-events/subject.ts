/** The user or session that a security event is about: subject identifiers (RFC 9493), simple or complex. */
import { isObject, isText, type Members } from "../../shared/json";
import { Refused } from "../oidc/refused";

/** A user or a session, by the identity provider's identifier. */
export interface Named {
  issuer: string;
  /** `sub` or `sid` of the provider's ID tokens. */
  id: string;
}

/** Has neither member if it is complex and names something else. */
export interface Subject {
  user?: Named | undefined;
  session?: Named | undefined;
}

export interface KnownIssuers {
  /** The issuers of all identity providers in the config. */
  all: string[];
  /** The issuer of the transmitter's `opaque` identifiers. */
  ofOpaque: string | undefined;
}

/**
 * https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#name-complex-subject-members
 *
 * Other members would narrow the subject down, for example to one device. The gateway does not know devices, ignores
 * them and so ends more sessions.
 *
 * @throws Refused `subject`
 */
export function readSubject(value: unknown, issuers: KnownIssuers): Subject {
  if (!isObject(value)) throw new Refused("subject");
  const format = formatOf(value);
  // In early drafts a complex subject has no format.
  if (format !== undefined && format !== "complex") return { user: readNamed(value, issuers) };
  const [user, session] = ["user", "session"].map((name) =>
    value[name] === undefined ? undefined : readNamed(value[name], issuers),
  );
  return { user, session };
}

const FORMATS: Record<string, (value: Members, issuers: KnownIssuers) => { issuer: string | undefined; id: unknown }> =
  {
    // https://www.rfc-editor.org/rfc/rfc9493#section-3.2.3
    iss_sub: ({ iss, sub }, { all }) => ({
      issuer: all.find((issuer) => isText(iss) && withoutSlash(issuer) === withoutSlash(iss)),
      id: sub,
    }),
    // https://www.rfc-editor.org/rfc/rfc9493#section-3.2.4
    opaque: ({ id }, { ofOpaque }) => ({ issuer: ofOpaque, id }),
  };

function readNamed(value: unknown, issuers: KnownIssuers): Named {
  const format = isObject(value) ? formatOf(value) : undefined;
  if (format === undefined || !Object.hasOwn(FORMATS, format)) throw new Refused("subject");
  const { issuer, id } = FORMATS[format]!(value as Members, issuers);
  if (issuer === undefined || !isText(id)) throw new Refused("subject");
  return { issuer, id };
}

/** Early RISC transmitters, such as Google, write `subject_type` and hyphens. @throws Refused if it is not a string */
function formatOf({ format, subject_type: subjectType }: Members): string | undefined {
  const given = format ?? subjectType;
  if (given === undefined) return undefined;
  if (!isText(given)) throw new Refused("subject");
  return given.replace("iss-sub", "iss_sub");
}

/** Google's events have a trailing slash in the issuer, its ID tokens do not. */
function withoutSlash(issuer: string): string {
  return issuer.replace(/\/$/, "");
}
