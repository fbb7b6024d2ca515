/** Your own CDKTF app: the gateway beside the bucket to which your program exports reports. */
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { App, S3Backend, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { Gateway } from "edgegate";

class Reports extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    // CloudFront looks for a gateway's resources in us-east-1.
    new AwsProvider(this, "aws", { region: "us-east-1" });
    new S3Backend(this, { bucket: "example-terraform-state", key: "reports.tfstate", region: "us-east-1" });

    const exports = new S3Bucket(this, "exports", { bucketPrefix: "reports-exports-" });

    const gateway = new Gateway(this, "gateway", {
      name: "reports",
      domain: "reports.example.com",
      hostedZoneId: "Z0123456789ABCDEFGHIJ",
      identityProviders: { main: { issuer: "https://login.example.com", clientId: "reports" } },
      origin: { type: "custom", domainName: "reports-origin.example.com", secretHeader: true },
      policy: [{ path: "/**", allow: { roles: ["analyst"] } }],
    });

    new TerraformOutput(this, "exports_bucket", { value: exports.bucket });
    new TerraformOutput(this, "redirect_uris", { value: gateway.redirectUris });
    new TerraformOutput(this, "distribution_domain_name", { value: gateway.distributionDomainName });
  }
}

const app = new App();
new Reports(app, "reports");
app.synth();
