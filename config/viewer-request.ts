/** Your own functions on viewer requests. CloudFront runs only one function for an event, so they run in the gate. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import type { ConfigProblem } from "./error";
import { FunctionSourceError, readFunctionSource } from "../cloudfront/function-source";

const error = 'write the text of a function (request) { … return request; }, or { file: "rewrite.js" }';

/** Source text, or a file relative to the working directory; becomes an expression that is a function of the event. */
const ownFunction = z
  .union([z.string(), z.strictObject({ file: z.string(error).min(1, error) })], { error })
  .transform((written, context) => {
    const refuse = (message: string) => {
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    };
    if (typeof written === "string" && /^\S+\.[cm]?[jt]s$/.test(written))
      return refuse(`write { file: ${JSON.stringify(written)} } for a file`);
    let text: string;
    try {
      text = typeof written === "string" ? written : readFileSync(resolve(written.file), "utf8");
    } catch {
      return refuse("there is no such file that can be read; write a path relative to the working directory");
    }
    try {
      return readFunctionSource(text);
    } catch (error) {
      if (!(error instanceof FunctionSourceError)) throw error;
      return refuse(error.message);
    }
  });

export const viewerRequest = z
  .strictObject({
    /** Runs before the decision. If it returns a response, no rule is evaluated. */
    before: ownFunction.optional(),
    /** Runs once the request is allowed. A request that it rewrites is not decided again. */
    after: ownFunction.optional(),
  })
  .refine(
    ({ before, after }) => before !== undefined || after !== undefined,
    "write before or after, or leave viewerRequest out",
  );

export type ViewerRequest = z.output<typeof viewerRequest>;

/** Notes for the owner of a config with functions: the policy does not decide everything that they do. */
export function functionNotes({ viewerRequest: own }: { viewerRequest?: ViewerRequest | undefined }): ConfigProblem[] {
  return [
    ...(own?.before === undefined
      ? []
      : [{ path: "viewerRequest.before", message: "what it answers itself is sent to everybody, without a decision" }]),
    ...(own?.after === undefined
      ? []
      : [{ path: "viewerRequest.after", message: "the path that it returns is not decided again (docs/attach.md)" }]),
  ];
}
