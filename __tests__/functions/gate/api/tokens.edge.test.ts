/** The gate of API behaviors, in both engines: which tokens it takes from where, and what it leaves to the handler. */
import { runGate as runInNjs } from "../../../../local/gate-njs";
import { runGate as runInSandbox } from "../../../../local/gate-sandbox";
import { describeWith } from "../../../support/tools";
import { run } from "./gate";
import { HANDLER_CASES } from "./handler-cases";
import { REFUSED_CASES } from "./refused-cases";
import { seen } from "./seen";
import { SESSION_CASES } from "./session-cases";

const CASES = [...SESSION_CASES, ...HANDLER_CASES, ...REFUSED_CASES];

describe("in the sandbox", () => {
  test.each(CASES)("%s", async (_, request, expected) => {
    expect(await seen(runInSandbox, request)).toEqual(expected);
    // A token has no place in an answer or a log.
    const { result, log } = await run(runInSandbox, request);
    const text = JSON.stringify("statusCode" in result ? [result, log] : log);
    for (const secret of [request.auth, request.session])
      if (secret && secret.length > 40) expect(text).not.toContain(secret.slice(-30));
  });
});

describeWith("njs", "in njs", () => {
  test.each(CASES)("%s", async (_, request, expected) => {
    expect(await seen(runInNjs, request)).toEqual(expected);
  });
});
