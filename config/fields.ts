/** Kinds of fields that several parts of the config have. */
import { z } from "zod";
import { pathPatternProblem, ROLE_NAME } from "../policy/rule";

const HOST_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const HOST = new RegExp(`^(?:${HOST_LABEL}\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$`);
/** Browsers resolve `*.localhost` to the loopback address; only the local edge serves it, on its own port. */
const LOCAL_HOST = new RegExp(`^(?:${HOST_LABEL}\\.)+localhost:[0-9]{1,5}$`);

/** A string that must match `form`; the message says what to write instead. */
export function text(form: RegExp, write: string) {
  return z.string(`write ${write}`).regex(form, `write ${write}`);
}

export const host = text(HOST, 'a host name in lower case without scheme, port or path, such as "app.example.com"');
export const servedHost = z
  .string('write a host name, such as "app.example.com"')
  .refine(
    (value) => HOST.test(value) || LOCAL_HOST.test(value),
    'write a host name in lower case without scheme, port or path, such as "app.example.com"',
  );
export const slug = text(
  /^[a-z][a-z0-9-]{0,29}$/,
  'a short name of lower-case letters, digits and "-", such as "main"',
);
export const role = text(ROLE_NAME, 'a role name of letters, digits and . _ : @ / -, such as "admin"');

export const pathPattern = z.string('write a path pattern, such as "/admin/**"').superRefine((value, context) => {
  const problem = pathPatternProblem(value);
  if (problem) context.addIssue({ code: "custom", message: problem });
});
