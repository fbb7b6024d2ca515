/**
 * DynamoDB Local: AWS's own implementation, conditions and paging included.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DynamoDBLocal.html
 */
import { spawn } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { freePort } from "./free-port";

export interface DynamoDbLocal {
  endpoint: string;
  close(): Promise<void>;
}

/** Seconds. */
const START_LIMIT = 60;
const MAIN = "com.amazonaws.services.dynamodbv2.local.main.ServerRunner";

/** @param folder with its jar and all that it depends on. @throws Error when it does not answer within 60 s */
export async function startDynamoDbLocal(folder: string): Promise<DynamoDbLocal> {
  const port = await freePort();
  const options = ["-inMemory", "-sharedDb", "-disableTelemetry", "-port", String(port)];
  const child = spawn("java", [`-Djava.library.path=${folder}`, "-cp", `${folder}/*`, MAIN, ...options], {
    stdio: "ignore",
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const close = async () => {
    child.kill();
    await ended;
  };
  const endpoint = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < START_LIMIT * 10; tries++) {
    // It refuses what is not signed, and thereby answers.
    if (
      await fetch(endpoint).then(
        () => true,
        () => false,
      )
    )
      return { endpoint, close };
    await setTimeout(100);
  }
  await close();
  throw new Error(`DynamoDB Local did not answer within ${START_LIMIT} s`);
}
