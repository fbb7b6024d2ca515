/**
 * Calls of DynamoDB
 * (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html) for the ledger.
 */
import type { AuthSettings } from "../../../session/settings";
import { safeCode } from "../../shared/failure";
import { Failure } from "../failures";
import { AwsError, callAws } from "../../shared/aws/call";

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html, of texts and numbers */
export type Item = Record<string, { S: string } | { N: string }>;

type Names = AuthSettings["ledger"];
type Output = Record<string, unknown>;

export interface Tables {
  names: () => Promise<Names>;
  /** @throws Failure `ledger_unavailable` */
  call(operation: string, input: (names: Names) => object): Promise<Output>;
  /**
   * Once only: a write whose answer was lost would find itself when it is made again, and take itself for somebody
   * else's.
   *
   * @returns undefined where the condition does not hold
   * @throws Failure `ledger_unavailable`
   */
  write(operation: "PutItem" | "UpdateItem", input: (names: Names) => object): Promise<Output | undefined>;
}

const CONDITION_FAILED = "ConditionalCheckFailedException";

/** @param names asked for at every call: the settings may change */
export function dynamoDbTables(names: () => Promise<Names>): Tables {
  async function attempt(
    operation: string,
    input: (names: Names) => object,
    retries: number,
  ): Promise<Output | undefined> {
    const tables = await names();
    try {
      return (await callAws("dynamodb", operation, input(tables), { retries })) as Output;
    } catch (error) {
      if (error instanceof AwsError && error.code === CONDITION_FAILED) return undefined;
      throw new Failure("ledger_unavailable", error instanceof AwsError ? error.code : safeCode(error));
    }
  }

  return {
    names,
    async call(operation, input) {
      const output = await attempt(operation, input, 1);
      if (!output) throw new Failure("ledger_unavailable", CONDITION_FAILED);
      return output;
    },
    write: (operation, input) => attempt(operation, input, 0),
  };
}

export function toItem(values: object): Item {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === "number" ? { N: String(value) } : { S: String(value) }]),
  );
}

export function fromItem<T>(item: Item): T {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, "N" in value ? Number(value.N) : value.S]),
  ) as T;
}
