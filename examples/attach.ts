/** Your own CDKTF app: a gateway attached to your distribution, with your existing function. */
import { CloudfrontDistribution } from "@cdktf/provider-aws/lib/cloudfront-distribution";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, S3Backend, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { Gateway } from "edgegate";

class Shop extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    // CloudFront looks for a gateway's resources in us-east-1.
    new AwsProvider(this, "aws", { region: "us-east-1" });
    new S3Backend(this, { bucket: "example-terraform-state", key: "shop.tfstate", region: "us-east-1" });

    const gateway = new Gateway(this, "gateway", {
      name: "shop",
      domain: "shop.example.com",
      distribution: "existing",
      identityProviders: { main: { issuer: "https://login.example.com", clientId: "shop" } },
      // This function ran on viewer requests before. Now it runs inside the gate.
      viewerRequest: {
        after: "function (request) { if (request.uri.endsWith('/')) request.uri += 'index.html'; return request; }",
      },
      originSecret: { send: true },
      policy: [
        { path: "/assets/**", allow: "public" },
        { path: "/**", allow: "signed-in" },
      ],
    });
    const { serverWithSecret, sharedWithSecret, responseHeadersPolicyId } = gateway.policies!;

    // Every behavior has the gate, or the synth fails.
    const common = {
      targetOriginId: "shop",
      viewerProtocolPolicy: "redirect-to-https",
      cachedMethods: ["GET", "HEAD"],
      responseHeadersPolicyId,
      functionAssociation: [gateway.functionAssociation],
    };
    const distribution = new CloudfrontDistribution(this, "cdn", {
      enabled: true,
      aliases: ["shop.example.com"],
      origin: [
        {
          originId: "shop",
          domainName: "shop-origin.example.com",
          customOriginConfig: {
            httpPort: 80,
            httpsPort: 443,
            originProtocolPolicy: "https-only",
            originSslProtocols: ["TLSv1.2"],
          },
        },
      ],
      orderedCacheBehavior: [
        gateway.authBehavior("shop"),
        { ...common, ...sharedWithSecret!, pathPattern: "/assets/*", allowedMethods: ["GET", "HEAD"], compress: true },
      ],
      defaultCacheBehavior: {
        ...common,
        ...serverWithSecret!,
        allowedMethods: ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
      },
      viewerCertificate: {
        acmCertificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000-1111-2222-333344445555",
        sslSupportMethod: "sni-only",
        minimumProtocolVersion: "TLSv1.2_2021",
      },
      restrictions: { geoRestriction: { restrictionType: "none" } },
    });

    new TerraformOutput(this, "redirect_uris", { value: gateway.redirectUris });
    new TerraformOutput(this, "distribution_domain_name", { value: distribution.domainName });
  }
}

const app = new App();
new Shop(app, "shop");
app.synth();
