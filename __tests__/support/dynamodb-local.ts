/**
 * DynamoDB Local: AWS's own implementation, conditions and paging included.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DynamoDBLocal.html
 */
import { spawn } from "node:child_process";
import { freePort } from "./free-port";
import { untilUp } from "./until-up";

export interface DynamoDbLocal {
  endpoint: string;
  close(): Promise<void>;
}

const MAIN = "com.amazonaws.services.dynamodbv2.local.main.ServerRunner";

/** @param folder with its jar and all that it depends on. @throws Error when it does not answer */
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
  try {
    // It refuses what is not signed, and thereby answers.
    await untilUp("DynamoDB Local", endpoint, () => true);
  } catch (error) {
    await close();
    throw error;
  }
  return { endpoint, close };
}
