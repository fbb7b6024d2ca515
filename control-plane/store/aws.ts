/** The KeyValueStore's data API (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Operations_Amazon_CloudFront_KeyValueStore.html). */
// CloudFront takes SigV4A only; this import is what lets the client sign so, without the native aws-crt.
import "@aws-sdk/signature-v4a";
import {
  CloudFrontKeyValueStoreClient,
  ConflictException,
  DescribeKeyValueStoreCommand,
  GetKeyCommand,
  paginateListKeys,
  ResourceNotFoundException,
  ServiceQuotaExceededException,
  UpdateKeysCommand,
} from "@aws-sdk/client-cloudfront-keyvaluestore";
import { StoreConflict, StoreFull } from "../errors";
import type { RecordStore, Snapshot } from "./ports";
import { CLIENT_OPTIONS } from "../aws-client-options";

/** The most that ListKeys gives at once. */
const PAGE_SIZE = 50;

/** @param arn of the KeyValueStore */
export function recordStore(arn: string): RecordStore {
  const client = new CloudFrontKeyValueStoreClient(CLIENT_OPTIONS);

  async function readAll(): Promise<Snapshot["records"]> {
    const records = new Map<string, string>();
    for await (const { Items = [] } of paginateListKeys({ client, pageSize: PAGE_SIZE }, { KvsARN: arn })) {
      for (const { Key, Value } of Items) records.set(Key!, Value!);
    }
    return records;
  }

  async function readOne(name: string): Promise<[string, string][]> {
    try {
      const { Value } = await client.send(new GetKeyCommand({ KvsARN: arn, Key: name }));
      return [[name, Value!]];
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return [];
      throw error;
    }
  }

  return {
    async read(names) {
      // The ETag first: what others write while the records are read makes the next write conflict.
      const { ETag } = await client.send(new DescribeKeyValueStoreCommand({ KvsARN: arn }));
      const records = names ? new Map((await Promise.all((await names()).map(readOne))).flat()) : await readAll();
      return { etag: ETag!, records };
    },

    async update(changes, etag) {
      const Puts = changes.flatMap((change) => ("put" in change ? [{ Key: change.put, Value: change.value }] : []));
      const Deletes = changes.flatMap((change) => ("delete" in change ? [{ Key: change.delete }] : []));
      try {
        const { ETag } = await client.send(new UpdateKeysCommand({ KvsARN: arn, IfMatch: etag, Puts, Deletes }));
        return ETag!;
      } catch (error) {
        if (error instanceof ConflictException) throw new StoreConflict();
        throw error instanceof ServiceQuotaExceededException ? new StoreFull() : error;
      }
    },
  };
}
