/**
 * Checks that the gate decides according to the policy. Sends only requests that a stranger could send, signs nobody
 * in, and changes nothing.
 */
import { SESSION_COOKIE } from "../../session/cookies";
import { MAC_LENGTH } from "../../session/token-layout";
import { finder } from "../finding";
import { ask, described, FETCH, NAVIGATION, pathFor, unmatchedPath, type Check } from "./subject";

const NOT_THE_GATE =
  "the gate does not run in front of this path: compare the distribution with terraform plan immediately; it may be open to anyone";

export const closedPath: Check = async (subject) => {
  const { ok, problem } = finder("closed path");
  const path = pathFor(subject, "signed-in");
  if (path === undefined) return [];
  const [page, script] = [
    await ask(subject, path, { headers: NAVIGATION }),
    await ask(subject, path, { headers: FETCH }),
  ];
  const login = `${subject.config.basePath}/login?`;
  return [
    page.status === 302 && page.headers["location"]?.startsWith(login)
      ? ok(`${path}: browsers are sent to sign in`)
      : problem(`${path} without a session: ${described(page)}`, NOT_THE_GATE),
    script.status === 401
      ? ok(`${path}: scripts get 401`)
      : problem(`${path} without a session, from a script: ${described(script)}`, NOT_THE_GATE),
  ];
};

export const forgedSession: Check = async (subject) => {
  const { ok, problem } = finder("forged session");
  const path = pathFor(subject, "signed-in");
  if (path === undefined) return [];
  const token = `2.forged.0~zzzzzz~forged~forged~main~admin~.${"A".repeat(MAC_LENGTH)}`;
  const answer = await ask(subject, path, { headers: { ...FETCH, cookie: `${SESSION_COOKIE}=${token}` } });
  return answer.status === 401 ? ok("refused") : problem(`${path}: ${described(answer)}`, NOT_THE_GATE);
};

export const pathWithoutRule: Check = async (subject) => {
  const { ok, problem } = finder("path without a rule");
  const path = unmatchedPath(subject);
  if (path === undefined) return [];
  const answer = await ask(subject, path, { headers: FETCH });
  return answer.status === 403
    ? ok("denied")
    : problem(`${path}: ${described(answer)}`, "the deployed policy is not the one in this config: deploy it");
};

export const ambiguousPath: Check = async (subject) => {
  const { ok, problem } = finder("ambiguous path");
  const answer = await ask(subject, "/edgegate-doctor/%00", { headers: FETCH });
  // The gate answers 400, a web ACL in front of it 403.
  return [400, 403].includes(answer.status) ? ok("refused") : problem(described(answer), NOT_THE_GATE);
};

export const publicPath: Check = async (subject) => {
  const { ok, warning, problem } = finder("public path");
  const path = pathFor(subject, "public");
  if (path === undefined) return [];
  const answer = await ask(subject, path, { headers: NAVIGATION });
  const isToLogin = answer.headers["location"]?.startsWith(`${subject.config.basePath}/login`);
  if (isToLogin || answer.status === 401)
    return problem(`${path} needs a session`, "the deployed policy is not the one in this config: deploy it");
  return answer.status < 500
    ? ok(`${path}: HTTP ${answer.status}, without a session`)
    : warning(`${path}: ${described(answer)}`, "the origin does not answer; look at its logs");
};
