/**
 * A call of the KeyValueStore as CloudTrail records it, after the example of AWS
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/logging_using_cloudtrail.html).
 *
 * @param userIdentity https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function storeCall(eventName: string, userIdentity: object | undefined, more: object = {}) {
  const arn = "arn:aws:cloudfront::111122223333:key-value-store/0a1b2c3d-0000-1111-2222-333344445555";
  return {
    eventVersion: "1.09",
    userIdentity,
    eventTime: "2026-03-01T09:14:02Z",
    eventSource: "edgekeyvaluestore.amazonaws.com",
    eventName,
    awsRegion: "us-east-1",
    sourceIPAddress: "203.0.113.9",
    requestParameters: { kvsARN: arn },
    readOnly: true,
    resources: [{ accountId: "111122223333", type: "AWS::CloudFront::KeyValueStore", ARN: arn }],
    managementEvent: false,
    eventCategory: "Data",
    ...more,
  };
}

export function roleSession(role: string, path = "/") {
  return {
    type: "AssumedRole",
    arn: `arn:aws:sts::111122223333:assumed-role/${role}/session`,
    sessionContext: {
      sessionIssuer: { type: "Role", arn: `arn:aws:iam::111122223333:role${path}${role}`, userName: role },
    },
  };
}
