/** AWS's prices in us-east-1, in dollars, without free tiers. */
export const PRICES = {
  /** Per call of the KeyValueStore's API, reads and lists too. https://aws.amazon.com/cloudfront/pricing/ */
  storeCall: 1 / 1_000,
  /**
   * On demand, standard table class: per write unit (1 KB) and per read unit (4 KB, strongly consistent).
   * https://aws.amazon.com/dynamodb/pricing/on-demand/
   */
  writeUnit: 0.625 / 1_000_000,
  readUnit: 0.125 / 1_000_000,
  /** Per call, and per secret and month. https://aws.amazon.com/secrets-manager/pricing/ */
  secretCall: 0.05 / 10_000,
  secret: 0.4,
  /** Per request to a standard queue, polls included. https://aws.amazon.com/sqs/pricing/ */
  queueRequest: 0.4 / 1_000_000,
  /** Per invocation, and per GB-second on x86. https://aws.amazon.com/lambda/pricing/ */
  invocation: 0.2 / 1_000_000,
  gigabyteSecond: 0.0000166667,
} as const;

/** What an operation uses, by billed unit. */
export interface Usage {
  storeCalls: number;
  writeUnits: number;
  readUnits: number;
  secretCalls: number;
  queueRequests: number;
  invocations: number;
  /** Run time in seconds of a function with 256 MB. */
  seconds: number;
}

export const NOTHING: Usage = {
  storeCalls: 0,
  writeUnits: 0,
  readUnits: 0,
  secretCalls: 0,
  queueRequests: 0,
  invocations: 0,
  seconds: 0,
};
const GIGABYTES = 0.25;

export function dollars({
  storeCalls,
  writeUnits,
  readUnits,
  secretCalls,
  queueRequests,
  invocations,
  seconds,
}: Usage): number {
  const { storeCall, writeUnit, readUnit, secretCall, queueRequest, invocation, gigabyteSecond } = PRICES;
  return (
    storeCalls * storeCall +
    writeUnits * writeUnit +
    readUnits * readUnit +
    secretCalls * secretCall +
    queueRequests * queueRequest +
    invocations * invocation +
    seconds * GIGABYTES * gigabyteSecond
  );
}

/** @param parts how often each happens */
export function sum(...parts: [count: number, usage: Usage][]): Usage {
  const total = { ...NOTHING };
  for (const [count, usage] of parts)
    for (const name of Object.keys(total) as (keyof Usage)[]) total[name] += count * usage[name];
  return total;
}
