# A distribution that somebody else manages, written as terraform-aws-modules/cloudfront takes it: behaviors are lists of
# objects, and associations are maps by event.

variable "gateway_state" {
  description = "Path of the gateway's state"
  type        = string
}

provider "aws" {
  region = "us-east-1"
}

data "terraform_remote_state" "gateway" {
  backend = "local"
  config  = { path = var.gateway_state }
}

locals {
  gate = data.terraform_remote_state.gateway.outputs
  gated = {
    (local.gate.function_association.event_type) = { function_arn = local.gate.function_association.function_arn }
  }

  default_cache_behavior = {
    target_origin_id           = "app"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
    cached_methods             = ["GET", "HEAD"]
    cache_policy_id            = local.gate.policies.server.cache_policy_id
    origin_request_policy_id   = local.gate.policies.server.origin_request_policy_id
    response_headers_policy_id = local.gate.policies.response_headers_policy_id
    function_association       = local.gated
  }

  ordered_cache_behavior = [
    merge(local.gate.auth_behavior, { target_origin_id = "app" }),
    {
      path_pattern               = "/assets/*"
      target_origin_id           = "app"
      viewer_protocol_policy     = "redirect-to-https"
      allowed_methods            = ["GET", "HEAD"]
      cached_methods             = ["GET", "HEAD"]
      compress                   = true
      cache_policy_id            = local.gate.policies.shared.cache_policy_id
      response_headers_policy_id = local.gate.policies.response_headers_policy_id
      function_association       = local.gated
    },
  ]
}

resource "aws_cloudfront_distribution" "this" {
  enabled             = true
  wait_for_deployment = false

  origin {
    origin_id   = "app"
    domain_name = "app-origin.example.com"

    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  dynamic "default_cache_behavior" {
    for_each = [local.default_cache_behavior]
    iterator = i

    content {
      target_origin_id           = i.value["target_origin_id"]
      viewer_protocol_policy     = i.value["viewer_protocol_policy"]
      allowed_methods            = i.value["allowed_methods"]
      cached_methods             = i.value["cached_methods"]
      cache_policy_id            = i.value["cache_policy_id"]
      origin_request_policy_id   = i.value["origin_request_policy_id"]
      response_headers_policy_id = i.value["response_headers_policy_id"]

      dynamic "function_association" {
        for_each = i.value["function_association"]
        iterator = f

        content {
          event_type   = f.key
          function_arn = f.value.function_arn
        }
      }
    }
  }

  dynamic "ordered_cache_behavior" {
    for_each = local.ordered_cache_behavior
    iterator = i

    content {
      path_pattern               = i.value["path_pattern"]
      target_origin_id           = i.value["target_origin_id"]
      viewer_protocol_policy     = i.value["viewer_protocol_policy"]
      allowed_methods            = i.value["allowed_methods"]
      cached_methods             = i.value["cached_methods"]
      compress                   = lookup(i.value, "compress", true)
      cache_policy_id            = i.value["cache_policy_id"]
      origin_request_policy_id   = lookup(i.value, "origin_request_policy_id", null)
      response_headers_policy_id = i.value["response_headers_policy_id"]

      dynamic "function_association" {
        for_each = lookup(i.value, "function_association", {})
        iterator = f

        content {
          event_type   = f.key
          function_arn = f.value.function_arn
        }
      }

      dynamic "lambda_function_association" {
        for_each = lookup(i.value, "lambda_function_association", {})
        iterator = l

        content {
          event_type   = l.key
          lambda_arn   = l.value.lambda_arn
          include_body = lookup(l.value, "include_body", null)
        }
      }
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
}

output "distribution_id" {
  value = aws_cloudfront_distribution.this.id
}
