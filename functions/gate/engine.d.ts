/**
 * The parts of CloudFront's JavaScript runtime 2.0 that the gate uses.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
 */
declare module "cloudfront" {
  const cf: {
    kvs(): {
      /** Rejects both if the key is missing and if the store fails. */
      get(key: string): Promise<string>;
      exists(key: string): Promise<boolean>;
    };
    /** Adds up to 800 bytes to the access-log line of this request. */
    logCustomData(text: string): void;
  };
  export default cf;
}
