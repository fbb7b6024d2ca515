/**
 * Several instances of one function. As in Lambda, a request that arrives while another is being handled goes to
 * another instance.
 */
import { startLambda, type Lambda, type LambdaOptions } from "./lambda";

/**
 * @param count how many requests can be handled at a time before one instance gets a second one
 * @throws Error if one of them cannot be started; nothing is left running
 */
export async function startLambdaInstances(count: number, options: LambdaOptions): Promise<Lambda> {
  const results = await Promise.allSettled(Array.from({ length: count }, () => startLambda(options)));
  const instances = results.flatMap((result) =>
    result.status === "fulfilled" ? [{ lambda: result.value, requests: 0 }] : [],
  );
  const close = async () => {
    await Promise.all(instances.map(({ lambda }) => lambda.close()));
  };
  const failed = results.find((result) => result.status === "rejected");
  if (failed) {
    await close();
    throw failed.reason;
  }
  return {
    async invoke(event) {
      const idlest = instances.reduce((one, other) => (other.requests < one.requests ? other : one));
      idlest.requests += 1;
      try {
        return await idlest.lambda.invoke(event);
      } finally {
        idlest.requests -= 1;
      }
    },
    logs: () => instances.map(({ lambda }) => lambda.logs()).join(""),
    close,
  };
}
