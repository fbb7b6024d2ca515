/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
import type { Answer } from "./answer";

/** Regional functions, by name. A function throws what its handler threw. */
export type Functions = ReadonlyMap<string, (payload: unknown) => Promise<unknown>>;

const INVOCATION = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** The name of the function that a request invokes; undefined for any other request. */
export function invokedFunction(method: string, path: string): string | undefined {
  const name = method === "POST" ? INVOCATION.exec(path)?.[1] : undefined;
  return name === undefined ? undefined : decodeURIComponent(name);
}

export async function invoke(functions: Functions, name: string, payload: unknown): Promise<Answer> {
  const run = functions.get(name);
  if (!run) {
    const Message = `Function not found: arn:aws:lambda:us-east-1:111122223333:function:${name}`;
    return {
      status: 404,
      headers: { "x-amzn-errortype": "ResourceNotFoundException" },
      body: { Type: "User", Message },
    };
  }
  try {
    return { status: 200, body: JSON.stringify((await run(payload)) ?? null) };
  } catch (error) {
    const [, errorType = "Error", errorMessage = ""] = /^(\w+): ([^\n]*)/.exec((error as Error).message) ?? [];
    return { status: 200, headers: { "x-amz-function-error": "Unhandled" }, body: { errorType, errorMessage } };
  }
}
