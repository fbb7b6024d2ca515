"""
Which operations Terraform called, as IAM spells the actions: `lambda:CreateFunction`. Read from botocore's models, which moto
depends on. Functions of the account call AWS, too; only Terraform says so in its User-Agent.
"""

import functools
import io
import re
from urllib.parse import parse_qs

import botocore.loaders
from werkzeug.wrappers import Request

# By the name in the signature: the folder of the model. Most have the same name.
MODELS = {"monitoring": "cloudwatch"}

# Operations whose action has another name:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
ACTIONS = {
    "cloudfront:CreateDistributionWithTags": "cloudfront:CreateDistribution",
    "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketOwnershipControls": "s3:PutBucketOwnershipControls",
    "s3:DeleteObjects": "s3:DeleteObjectVersion",
    "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:GetBucketAccelerateConfiguration": "s3:GetAccelerateConfiguration",
    "s3:GetBucketCors": "s3:GetBucketCORS",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:PutObjectLockConfiguration": "s3:PutBucketObjectLockConfiguration",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
}

# By access key: whoever plans may have another one.
called = {}


def note(environ):
    if "terraform" not in environ.get("HTTP_USER_AGENT", "").lower():
        return
    scope = re.search(r"Credential=([^/]+)/\d+/[^/]+/([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
    if scope:
        service = MODELS.get(scope[2], scope[2])
        action = f"{service}:{operation(service, Request(environ))}"
        called.setdefault(scope[1], set()).add(ACTIONS.get(action, action))


def operation(service, request):
    target = request.headers.get("X-Amz-Target")
    if target:
        return target.split(".")[-1]
    if request.mimetype == "application/x-www-form-urlencoded":
        body = request.get_data()
        # For whoever answers.
        request.environ["wsgi.input"] = io.BytesIO(body)
        return parse_qs(body.decode())["Action"][0]
    # Some SDKs say it, where path and query leave a doubt.
    if "x-id" in request.args:
        return request.args["x-id"]
    # Of several that fit, the one that says most about path and query.
    fitting = [(score, name) for name, method, path, query, score in routes(service) if method == request.method and path.fullmatch(request.path) and query <= set(request.args)]
    return max(fitting)[1] if fitting else f"{request.method} {request.full_path}"


@functools.cache
def routes(service):
    operations = botocore.loaders.Loader().load_service_model(service, "service-2")["operations"]
    return [route(name, **each["http"]) for name, each in operations.items()]


def route(name, method, requestUri, **_):
    path, _, query = requestUri.partition("?")
    literal = re.sub(r"\{[^}]*\}", "", path)
    pattern = "".join(segment_pattern(part) for part in re.split(r"(\{[^}]*\})", path))
    keys = {pair.split("=")[0] for pair in query.split("&") if pair and "{" not in pair}
    return name, method, re.compile(pattern.rstrip("/") + "/?"), keys, (len(keys), len(literal))


def segment_pattern(part):
    if part.endswith("+}"):
        return ".+"
    return "[^/]+" if part.startswith("{") else re.escape(part)
