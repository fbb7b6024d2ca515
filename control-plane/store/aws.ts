/**
 * The KeyValueStore's data API
 * (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Operations_Amazon_CloudFront_KeyValueStore.html).
 */
// CloudFront accepts only SigV4A. This import lets the client sign with it, without the native aws-crt.
import "@aws-sdk/signature-v4a";
import {
  CloudFrontKeyValueStoreClient,
  ConflictException,
  DescribeKeyValueStoreCommand,
  GetKeyCommand,
  paginateListKeys,
  ResourceNotFoundException,
  UpdateKeysCommand,
} from "@aws-sdk/client-cloudfront-keyvaluestore";
import { CLIENT_OPTIONS } from "../aws-client-options";
import { StoreConflict } from "../errors";
import type { Store } from "../ports";

/** The largest page that ListKeys returns. */
const PAGE_SIZE = 50;

/** @param arn of the KeyValueStore */
export function keyValueStore(arn: string): Store {
  const client = new CloudFrontKeyValueStoreClient(CLIENT_OPTIONS);
  return {
    async read() {
      const { ETag } = await client.send(new DescribeKeyValueStoreCommand({ KvsARN: arn }));
      const records = new Map<string, string>();
      for await (const { Items = [] } of paginateListKeys({ client, pageSize: PAGE_SIZE }, { KvsARN: arn })) {
        for (const { Key, Value } of Items) records.set(Key!, Value!);
      }
      return { etag: ETag!, records };
    },

    async get(name) {
      try {
        return (await client.send(new GetKeyCommand({ KvsARN: arn, Key: name }))).Value;
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },

    async update(changes, etag) {
      const Puts = changes.flatMap((change) => ("put" in change ? [{ Key: change.put, Value: change.value }] : []));
      const Deletes = changes.flatMap((change) => ("delete" in change ? [{ Key: change.delete }] : []));
      try {
        const { ETag } = await client.send(new UpdateKeysCommand({ KvsARN: arn, IfMatch: etag, Puts, Deletes }));
        return ETag!;
      } catch (error) {
        throw error instanceof ConflictException ? new StoreConflict() : error;
      }
    },
  };
}
