"""
CloudFront's control plane, as far as the gateway uses it: moto lacks functions, key value stores and policies, and forgets most
of a distribution. A configuration is kept as the XML that was sent and given back as such.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Operations_Amazon_CloudFront.html
"""

import base64
import copy
import os
import secrets
import string
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone
from xml.etree import ElementTree

from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

ACCOUNT = os.environ["MOTO_ACCOUNT_ID"]
NAMESPACE = "http://cloudfront.amazonaws.com/doc/2020-05-31/"
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-functions
MAX_FUNCTION_BYTES = 10_240

# What CloudFront's answers always hold, also where nothing was said about it; the provider relies on it.
ALWAYS_IN_DISTRIBUTION = {
    "Aliases": {"Quantity": "0"},
    "OriginGroups": {"Quantity": "0"},
    "CacheBehaviors": {"Quantity": "0"},
    "CustomErrorResponses": {"Quantity": "0"},
    "Logging": {"Enabled": "false", "IncludeCookies": "false", "Bucket": "", "Prefix": ""},
    "ContinuousDeploymentPolicyId": "",
    "Staging": "false",
}
ALWAYS_IN_BEHAVIOR = {
    "TrustedSigners": {"Enabled": "false", "Quantity": "0"},
    "TrustedKeyGroups": {"Enabled": "false", "Quantity": "0"},
    "LambdaFunctionAssociations": {"Quantity": "0"},
    "FunctionAssociations": {"Quantity": "0"},
    "FieldLevelEncryptionId": "",
    "SmoothStreaming": "false",
    "GrpcConfig": {"Enabled": "false"},
}
ALWAYS_IN_ORIGIN = {
    "OriginPath": "",
    "CustomHeaders": {"Quantity": "0"},
    "ConnectionAttempts": "3",
    "ConnectionTimeout": "10",
    "OriginShield": {"Enabled": "false"},
}


@dataclass(frozen=True)
class Kind:
    """A resource with an id, whose configuration is one element."""

    path: str
    config: str
    wrapper: str
    missing: str
    exists: str
    in_use: str
    # Where its configuration is replaced.
    update_path: str = ""
    has_date: bool = True


KINDS = [
    Kind("cache-policy", "CachePolicyConfig", "CachePolicy", "NoSuchCachePolicy", "CachePolicyAlreadyExists", "CachePolicyInUse"),
    Kind(
        "response-headers-policy",
        "ResponseHeadersPolicyConfig",
        "ResponseHeadersPolicy",
        "NoSuchResponseHeadersPolicy",
        "ResponseHeadersPolicyAlreadyExists",
        "ResponseHeadersPolicyInUse",
    ),
    Kind(
        "origin-access-control",
        "OriginAccessControlConfig",
        "OriginAccessControl",
        "NoSuchOriginAccessControl",
        "OriginAccessControlAlreadyExists",
        "OriginAccessControlInUse",
        update_path="/config",
        has_date=False,
    ),
    Kind(
        "origin-request-policy",
        "OriginRequestPolicyConfig",
        "OriginRequestPolicy",
        "NoSuchOriginRequestPolicy",
        "OriginRequestPolicyAlreadyExists",
        "OriginRequestPolicyInUse",
    ),
]


@dataclass
class Resource:
    """Anything that CloudFront keeps; `name` and `arn` where it has them."""

    id: str
    config: ElementTree.Element
    name: str = ""
    arn: str = ""
    etag: str = field(default_factory=lambda: f"E{secrets.token_hex(6).upper()}")
    changed: str = field(default_factory=lambda: now())

    def replace(self, config):
        self.config = config
        self.touch()

    def touch(self):
        self.etag = f"E{secrets.token_hex(6).upper()}"
        self.changed = now()


@dataclass
class Function(Resource):
    code: bytes = b""
    # What was published last: the stage LIVE.
    live_config: ElementTree.Element | None = None
    live_code: bytes | None = None


class Refusal(Exception):
    def __init__(self, status, code, message=""):
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


class CloudFront:
    """A WSGI application for the paths below /2020-05-31."""

    def __init__(self):
        self.functions: dict[str, Function] = {}
        self.stores: dict[str, Resource] = {}
        self.distributions: dict[str, Resource] = {}
        self.vpc_origins: dict[str, Resource] = {}
        self.others: dict[str, dict[str, Resource]] = {kind.path: {} for kind in KINDS}
        self.tags: dict[str, dict[str, str]] = {}
        self.routes = Map(self._rules(), strict_slashes=False)

    def __call__(self, environ, start_response):
        request = Request(environ)
        try:
            handle, arguments = self.routes.bind_to_environ(environ).match()
            response = handle(request, **arguments)
        except Refusal as refusal:
            error = element("Error", element("Type", "Sender"), element("Code", refusal.code), element("Message", refusal.message or refusal.code))
            response = answer(element("ErrorResponse", error, element("RequestId", str(uuid.uuid4()))), status=refusal.status)
        return response(environ, start_response)

    def resources(self):
        """What somebody made and nobody deleted, by kind."""
        return {"function": self.functions, "key-value-store": self.stores, "distribution": self.distributions, "vpc-origin": self.vpc_origins, **self.others}

    def _rules(self):
        def rule(method, path, handle):
            return Rule(f"/2020-05-31/{path}", methods=[method], endpoint=handle)

        yield from [
            rule("POST", "function", self._create_function),
            rule("GET", "function/<name>", self._function_code),
            rule("GET", "function/<name>/describe", self._describe_function),
            rule("PUT", "function/<name>", self._update_function),
            rule("POST", "function/<name>/publish", self._publish_function),
            rule("DELETE", "function/<name>", self._delete_function),
            rule("POST", "key-value-store", self._create_store),
            rule("GET", "key-value-store/<name>", self._describe_store),
            rule("PUT", "key-value-store/<name>", self._update_store),
            rule("DELETE", "key-value-store/<name>", self._delete_store),
            rule("POST", "distribution", self._create_distribution),
            rule("GET", "distribution/<id>", self._get_distribution),
            rule("PUT", "distribution/<id>/config", self._update_distribution),
            rule("DELETE", "distribution/<id>", self._delete_distribution),
            rule("POST", "vpc-origin", self._create_vpc_origin),
            rule("GET", "vpc-origin/<id>", self._get_vpc_origin),
            rule("PUT", "vpc-origin/<id>", self._update_vpc_origin),
            rule("DELETE", "vpc-origin/<id>", self._delete_vpc_origin),
            rule("GET", "tagging", self._list_tags),
            rule("POST", "tagging", self._change_tags),
        ]
        for kind in KINDS:
            yield from [
                rule("POST", kind.path, lambda request, kind=kind: self._create(request, kind)),
                rule("GET", f"{kind.path}/<id>", lambda request, id, kind=kind: self._get(id, kind)),
                rule("PUT", f"{kind.path}/<id>{kind.update_path}", lambda request, id, kind=kind: self._update(request, id, kind)),
                rule("DELETE", f"{kind.path}/<id>", lambda request, id, kind=kind: self._delete(request, id, kind)),
            ]

    # Functions

    def _create_function(self, request):
        body = parse(request)
        name = body.findtext("Name")
        if name in self.functions:
            raise Refusal(409, "FunctionAlreadyExists")
        arn = f"arn:aws:cloudfront::{ACCOUNT}:function/{name}"
        self.functions[name] = Function(id=name, name=name, arn=arn, config=self._function_config(body), code=code_of(body))
        return self._function_summary(self.functions[name], status=201)

    def _update_function(self, request, name):
        function = self._function(name)
        body = parse(request)
        check_match(request, function)
        function.code = code_of(body)
        function.replace(self._function_config(body))
        summary = self._function_summary(function)
        # Spelled so in CloudFront's own service model, for this answer only.
        summary.headers["ETtag"] = function.etag
        return summary

    def _publish_function(self, request, name):
        function = self._function(name)
        check_match(request, function)
        function.live_config, function.live_code = copy.deepcopy(function.config), function.code
        return self._function_summary(function, stage="LIVE")

    def _describe_function(self, request, name):
        return self._function_summary(self._function(name), stage=request.args.get("Stage", "LIVE"))

    def _function_code(self, request, name):
        function = self._function(name)
        live = request.args.get("Stage", "LIVE") == "LIVE"
        code = function.live_code if live else function.code
        if code is None:
            raise Refusal(404, "NoSuchFunctionExists")
        return Response(code, content_type="application/octet-stream", headers={"ETag": function.etag})

    def _delete_function(self, request, name):
        function = self._function(name)
        check_match(request, function)
        self._check_unused(function.arn, "FunctionInUse")
        del self.functions[name]
        return Response(status=204)

    def _function(self, name):
        return found(self.functions, name, "NoSuchFunctionExists")

    def _function_config(self, body):
        config = body.find("FunctionConfig")
        for store in config.iter("KeyValueStoreARN"):
            if store.text not in {kept.arn for kept in self.stores.values()}:
                raise Refusal(400, "EntityNotFound", store.text)
        return config

    def _function_summary(self, function, stage="DEVELOPMENT", status=200):
        config = function.live_config if stage == "LIVE" else function.config
        if config is None:
            raise Refusal(404, "NoSuchFunctionExists")
        metadata = element(
            "FunctionMetadata",
            element("FunctionARN", function.arn),
            element("Stage", stage),
            element("CreatedTime", function.changed),
            element("LastModifiedTime", function.changed),
        )
        summary = element("FunctionSummary", element("Name", function.name), element("Status", "DEPLOYED"), config, metadata)
        return answer(summary, function.etag, status)

    # Key value stores; their records are at another API

    def _create_store(self, request):
        body = parse(request)
        name = body.findtext("Name")
        if name in self.stores:
            raise Refusal(409, "EntityAlreadyExists")
        id = str(uuid.uuid4())
        self.stores[name] = Resource(id=id, name=name, arn=f"arn:aws:cloudfront::{ACCOUNT}:key-value-store/{id}", config=body)
        return self._store_answer(self.stores[name], status=201)

    def _describe_store(self, request, name):
        return self._store_answer(self._store(name))

    def _update_store(self, request, name):
        store = self._store(name)
        check_match(request, store)
        store.replace(parse(request))
        return self._store_answer(store)

    def _delete_store(self, request, name):
        store = self._store(name)
        check_match(request, store)
        self._check_unused(store.arn, "CannotDeleteEntityWhileInUse")
        del self.stores[name]
        return Response(status=204)

    def _store(self, name):
        return found(self.stores, name, "EntityNotFound")

    def _store_answer(self, store, status=200):
        comment = store.config.findtext("Comment")
        parts = [
            element("Name", store.name),
            element("Id", store.id),
            *([element("Comment", comment)] if comment else []),
            element("ARN", store.arn),
            element("Status", "READY"),
            element("LastModifiedTime", store.changed),
        ]
        return answer(element("KeyValueStore", *parts), store.etag, status)

    # Distributions

    def _create_distribution(self, request):
        body = parse(request)
        config = self._distribution_config(body.find("DistributionConfig"))
        for made in self.distributions.values():
            if made.config.findtext("CallerReference") == config.findtext("CallerReference"):
                return self._repeated(made, config)
        id = "E" + "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(13))
        distribution = Resource(id=id, arn=f"arn:aws:cloudfront::{ACCOUNT}:distribution/{id}", config=config)
        self.distributions[id] = distribution
        self.tags[distribution.arn] = tags_of(body)
        return self._distribution_answer(distribution, status=201)

    def _repeated(self, made, config):
        """The same request again, which a client sends whose answer was lost, makes no second distribution."""
        if ElementTree.tostring(made.config) != ElementTree.tostring(config):
            raise Refusal(409, "DistributionAlreadyExists")
        return self._distribution_answer(made, status=201)

    def _get_distribution(self, request, id):
        return self._distribution_answer(self._distribution(id))

    def _update_distribution(self, request, id):
        distribution = self._distribution(id)
        check_match(request, distribution)
        distribution.replace(self._distribution_config(parse(request)))
        return self._distribution_answer(distribution)

    def _delete_distribution(self, request, id):
        """
        At once, and as if it had not been there: else the provider waits for 15 seconds, however quick CloudFront is.
        """
        distribution = self._distribution(id)
        check_match(request, distribution)
        if distribution.config.findtext("Enabled") == "true":
            raise Refusal(409, "DistributionNotDisabled")
        del self.distributions[id], self.tags[distribution.arn]
        raise Refusal(404, "NoSuchDistribution")

    def _distribution(self, id):
        return found(self.distributions, id, "NoSuchDistribution")

    def _distribution_config(self, config):
        live = {function.arn for function in self.functions.values() if function.live_code is not None}
        for function in config.iter("FunctionARN"):
            if function.text not in live:
                raise Refusal(400, "InvalidFunctionAssociation", function.text)
        for function in config.iter("LambdaFunctionARN"):
            if not function.text.rsplit(":", 1)[-1].isdigit():
                raise Refusal(400, "InvalidLambdaFunctionAssociation", function.text)
        known = {id for id in self.others["origin-access-control"]}
        for control in config.iter("OriginAccessControlId"):
            if control.text and control.text not in known:
                raise Refusal(400, "NoSuchOriginAccessControl", control.text)
        for origin in config.iter("VpcOriginId"):
            if origin.text not in self.vpc_origins:
                raise Refusal(400, "InvalidArgument", f"there is no VPC origin {origin.text}")
        self._check_groups(config)
        fill(config, ALWAYS_IN_DISTRIBUTION)
        for behavior in [*config.iter("DefaultCacheBehavior"), *config.iter("CacheBehavior")]:
            fill(behavior, ALWAYS_IN_BEHAVIOR)
        for origin in config.iter("Origin"):
            fill(origin, ALWAYS_IN_ORIGIN)
        return config

    def _check_groups(self, config):
        origins = {origin.findtext("Id") for origin in config.iter("Origin")}
        groups = {group.findtext("Id") for group in config.iter("OriginGroup")}
        for member in config.iter("OriginGroupMember"):
            if member.findtext("OriginId") not in origins:
                raise Refusal(400, "InvalidArgument", f"there is no origin {member.findtext('OriginId')}")
        for behavior in [*config.iter("DefaultCacheBehavior"), *config.iter("CacheBehavior")]:
            target = behavior.findtext("TargetOriginId")
            if target not in origins | groups:
                raise Refusal(400, "NoSuchOrigin", target)
            methods = {method.text for method in behavior.findall("AllowedMethods/Items/Method")}
            if target in groups and methods & {"POST", "PUT", "PATCH", "DELETE"}:
                message = "The parameter AllowedMethods cannot include POST, PUT, PATCH, or DELETE for a cached behavior associated with an origin group."
                raise Refusal(400, "InvalidArgument", message)

    def _distribution_answer(self, distribution, status=200):
        nobody = {"Enabled": "false", "Quantity": "0"}
        root = element(
            "Distribution",
            element("Id", distribution.id),
            element("ARN", distribution.arn),
            element("Status", "Deployed"),
            element("LastModifiedTime", distribution.changed),
            element("InProgressInvalidationBatches", "0"),
            element("DomainName", f"{distribution.id.lower()}.cloudfront.net"),
            filled("ActiveTrustedSigners", nobody),
            filled("ActiveTrustedKeyGroups", nobody),
            distribution.config,
        )
        return answer(root, distribution.etag, status)

    # VPC origins: deployed at once, without a look at what is in the VPC

    def _create_vpc_origin(self, request):
        body = parse(request)
        id = f"vo_{secrets.token_hex(8)}"
        arn = f"arn:aws:cloudfront::{ACCOUNT}:vpcorigin/{id}"
        self.vpc_origins[id] = Resource(id=id, arn=arn, config=body.find("VpcOriginEndpointConfig"))
        self.tags[arn] = tags_of(body)
        return self._vpc_origin_answer(self.vpc_origins[id], status=202)

    def _get_vpc_origin(self, request, id):
        return self._vpc_origin_answer(found(self.vpc_origins, id, "EntityNotFound"))

    def _update_vpc_origin(self, request, id):
        origin = found(self.vpc_origins, id, "EntityNotFound")
        check_match(request, origin)
        origin.replace(parse(request))
        return self._vpc_origin_answer(origin, status=202)

    def _delete_vpc_origin(self, request, id):
        origin = found(self.vpc_origins, id, "EntityNotFound")
        check_match(request, origin)
        self._check_unused(id, "CannotDeleteEntityWhileInUse")
        del self.vpc_origins[id], self.tags[origin.arn]
        return self._vpc_origin_answer(origin, status=202)

    def _vpc_origin_answer(self, origin, status=200):
        root = element(
            "VpcOrigin",
            element("Id", origin.id),
            element("Arn", origin.arn),
            element("AccountId", ACCOUNT),
            element("Status", "Deployed"),
            element("CreatedTime", origin.changed),
            element("LastModifiedTime", origin.changed),
            origin.config,
        )
        return answer(root, origin.etag, status)

    # Policies and origin access controls

    def _create(self, request, kind):
        config = parse(request)
        kept = self.others[kind.path]
        if any(other.config.findtext("Name") == config.findtext("Name") for other in kept.values()):
            raise Refusal(409, kind.exists)
        id = str(uuid.uuid4())
        kept[id] = Resource(id=id, config=config)
        return self._wrapped(kept[id], kind, status=201)

    def _get(self, id, kind):
        return self._wrapped(found(self.others[kind.path], id, kind.missing), kind)

    def _update(self, request, id, kind):
        resource = found(self.others[kind.path], id, kind.missing)
        check_match(request, resource)
        resource.replace(parse(request))
        return self._wrapped(resource, kind)

    def _delete(self, request, id, kind):
        check_match(request, found(self.others[kind.path], id, kind.missing))
        self._check_unused(id, kind.in_use)
        del self.others[kind.path][id]
        return Response(status=204)

    def _wrapped(self, resource, kind, status=200):
        dates = [element("LastModifiedTime", resource.changed)] if kind.has_date else []
        return answer(element(kind.wrapper, element("Id", resource.id), *dates, resource.config), resource.etag, status)

    # Tags

    def _list_tags(self, request):
        tags = self.tags.get(request.args["Resource"], {})
        items = [element("Tag", element("Key", key), element("Value", value)) for key, value in tags.items()]
        return answer(element("Tags", element("Items", *items)))

    def _change_tags(self, request):
        tags = self.tags.setdefault(request.args["Resource"], {})
        body = parse(request)
        if request.args["Operation"] == "Tag":
            tags.update(tags_of(body))
        else:
            for key in body.iter("Key"):
                tags.pop(key.text, None)
        return Response(status=204)

    def _check_unused(self, reference, code):
        """CloudFront deletes nothing that a distribution or a function still names, which tells whether an order is right."""
        configs = [(distribution.id, distribution.config) for distribution in self.distributions.values()]
        for function in self.functions.values():
            configs += [(function.name, config) for config in (function.config, function.live_config) if config is not None]
        users = sorted({id for id, config in configs if any(part.text == reference for part in config.iter())})
        if users:
            raise Refusal(409, code, f"{reference} is in use by {', '.join(users)}")


def found(resources, name, missing):
    if name not in resources:
        raise Refusal(404, missing)
    return resources[name]


def check_match(request, resource):
    if request.headers.get("If-Match") != resource.etag:
        raise Refusal(412, "PreconditionFailed")


def code_of(body):
    code = base64.b64decode(body.findtext("FunctionCode"))
    if len(code) > MAX_FUNCTION_BYTES:
        raise Refusal(413, "FunctionSizeLimitExceeded")
    return code


def tags_of(body):
    return {tag.findtext("Key"): tag.findtext("Value") or "" for tag in body.iter("Tag")}


def parse(request):
    """The body, its names without their namespace."""
    root = ElementTree.fromstring(request.get_data())
    for part in root.iter():
        part.tag = part.tag.rpartition("}")[2]
    return root


def element(tag, *content):
    root = ElementTree.Element(tag)
    for part in content:
        if isinstance(part, str):
            root.text = part
        else:
            root.append(part)
    return root


def filled(tag, values):
    root = ElementTree.Element(tag)
    fill(root, values)
    return root


def fill(root, values):
    """Adds what is not there."""
    for tag, value in values.items():
        if root.find(tag) is None:
            root.append(element(tag, value) if isinstance(value, str) else filled(tag, value))


def answer(root, etag="", status=200):
    root.set("xmlns", NAMESPACE)
    headers = {"ETag": etag} if etag else {}
    return Response(ElementTree.tostring(root), status=status, content_type="text/xml", headers=headers)


def now():
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
