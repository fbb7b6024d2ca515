/** The triggers of a deployment's functions: queues, rotation, and the command line. */
import type { AwsEmulator } from "./aws-emulator";
import type { ControlPlane } from "./control-plane";
import { queueConsumer } from "./queue-consumer";

export interface EventSources {
  /** Connects the functions of a deployment, from now on. */
  connect(controlPlane: ControlPlane): void;
  /** From then on, no function is invoked: a message that is retried must not start one while the edge closes. */
  close(): void;
}

/**
 * @param invoke invokes a function of the current deployment
 * @param options see local-edge.ts
 */
export function eventSources(
  aws: AwsEmulator,
  invoke: (functionName: string, payload: unknown) => Promise<unknown>,
  { log, repeatEvery }: { log: (line: string) => void; repeatEvery?: number | undefined },
): EventSources {
  let isOpen = true;
  const consumed = new Map<string, string>();
  return {
    connect({ functions, rotators, queues }) {
      for (const { functionName } of functions)
        aws.functions.set(functionName, (payload) => (isOpen ? invoke(functionName, payload) : new Promise(() => {})));
      for (const [secret, functionName] of Object.entries(rotators)) aws.rotators.set(secret, functionName);
      for (const queue of queues) {
        // An equal consumer is kept, together with its waiting messages.
        if (consumed.get(queue.queueUrl) === JSON.stringify(queue)) continue;
        consumed.set(queue.queueUrl, JSON.stringify(queue));
        const run = (event: unknown) => aws.functions.get(queue.functionName)!(event);
        aws.consumers.set(queue.queueUrl, queueConsumer(queue, run, log, repeatEvery));
      }
    },
    close: () => void (isOpen = false),
  };
}
