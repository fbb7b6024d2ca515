/**
 * Arguments of the AWS provider for a plan that needs no account: nothing of it is read
 * (https://registry.terraform.io/providers/hashicorp/aws/latest/docs#skip_credentials_validation-1).
 */
export const OFFLINE_PROVIDER = {
  access_key: "none",
  secret_key: "none",
  skip_credentials_validation: true,
  skip_requesting_account_id: true,
  skip_metadata_api_check: "true",
  skip_region_validation: true,
};
