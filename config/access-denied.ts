/** Options for the page that people without access see. */
import { z } from "zod";
import { role } from "./fields";
import { hookTarget, withOneTarget } from "./hook-target";

/** Placeholders of `requestUrl`; see session/settings.ts. */
const PLACEHOLDERS = ["user", "role", "path", "reference"];
const BRACES = /\{(\w+)\}/g;

const requestUrl = z
  .string('write an https URL, such as "https://tickets.example.com/new?for={user}&role={role}"')
  .max(500, "write at most 500 characters")
  .superRefine((value, context) => {
    const message = requestUrlProblem(value);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });

export const accessDenied = z
  .strictObject({
    /** The roles that the page may name, if one of them would give access. */
    tellRoles: z
      .array(role, 'write a list of roles, such as ["editor"]')
      .min(1, "name a role, or leave tellRoles out")
      .optional(),
    /** A URL where people ask for access. */
    requestUrl: requestUrl.optional(),
    /** The hook that gets requests for access from a button of the page. */
    requestHook: withOneTarget(z.strictObject(hookTarget)).optional(),
  })
  .refine(({ requestUrl: url, requestHook }) => url === undefined || requestHook === undefined, {
    path: ["requestHook"],
    error: "remove it, or requestUrl: people ask for access in one way",
  })
  .refine(({ tellRoles, requestUrl: url }) => tellRoles !== undefined || url?.includes("{role}") !== true, {
    path: ["requestUrl"],
    error: "leave {role} out, or name the roles that people may be told about in tellRoles",
  });

/**
 * A value in the host or the path could lead somewhere else, so placeholders are in the query only, where encoding
 * makes every value plain text.
 */
function requestUrlProblem(value: string): string | undefined {
  const unknown = [...value.matchAll(BRACES)].find(([, name]) => !PLACEHOLDERS.includes(name!));
  const known = PLACEHOLDERS.map((name) => `{${name}}`).join(", ");
  if (unknown) return `replace ${unknown[0]} by one of ${known}`;
  const plain = value.replace(BRACES, "x");
  if (!URL.canParse(plain) || !/^https:\/\/[^/?#]+/.test(plain) || /[^!-~]|[\\<>"{}]/.test(plain))
    return 'write an https URL, such as "https://tickets.example.com/new?for={user}&role={role}"';
  if (/\{/.test(value.split("?")[0]!) || value.split("#").length > 1)
    return "move {…} behind the first ?, and leave the fragment out: a value must not become a part of the host or path";
  return undefined;
}
