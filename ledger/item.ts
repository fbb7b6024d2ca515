/** Converts records to and from DynamoDB items. The ledger's attributes are strings and numbers. */

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html */
export type Item = Record<string, { S: string } | { N: string }>;

/** Members that are undefined are left out. */
export function toItem(record: object): Item {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === "number" ? { N: String(value) } : { S: String(value) }]),
  );
}

/** The values of an expression. @param values by name, without the colon */
export function toValues(values: object): Item {
  return Object.fromEntries(Object.entries(toItem(values)).map(([name, value]) => [`:${name}`, value]));
}

export function fromItem<T>(item: Item): T {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, "N" in value ? Number(value.N) : value.S]),
  ) as T;
}
