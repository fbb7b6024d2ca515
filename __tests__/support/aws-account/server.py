"""
An AWS account to apply to: moto, amended, with CloudFront's control plane beside it. `python3 server.py <port> <runner URL>`;
a GET of /inventory tells what there is, a GET of /calls what Terraform did.
"""

import json
import sys

from moto.core.base_backend import BackendDict
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple
from werkzeug.wrappers import Response

import calls
import cognito
import moto_amendments
from cloudfront import CloudFront


# In every account, whether it uses EventBridge or not; moto makes it when it is first looked for.
DEFAULT_BUS = "events event_buses default"

# Of CloudFormation, for 90 days: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStacks.html
HISTORY = "deleted_stacks"


def main(port, runner):
    moto_amendments.apply(runner)
    cognito.apply()
    moto = DomainDispatcherApplication(create_backend_app)
    cloudfront = CloudFront()

    def application(environ, start_response):
        path = environ["PATH_INFO"]
        if path == "/inventory":
            found = {*inventory("cloudfront", cloudfront.resources()), *moto_inventory()} - {DEFAULT_BUS}
            return Response(json.dumps(sorted(found)), content_type="application/json")(environ, start_response)
        if path == "/calls":
            return Response(json.dumps({key: sorted(actions) for key, actions in calls.called.items()}), content_type="application/json")(environ, start_response)
        calls.note(environ)
        app = cloudfront if path.startswith("/2020-05-31/") else moto
        return app(environ, start_response)

    run_simple("127.0.0.1", int(port), application, threaded=True)


def moto_inventory():
    """The keys of every dictionary in which a service of moto keeps resources; those with an underscore are its book-keeping."""
    for backends in set(BackendDict._instances):
        for _, _, backend in list(backends.iter_backends()):
            kinds = {kind: kept for kind, kept in vars(backend).items() if isinstance(kept, dict) and not kind.startswith("_") and kind != HISTORY}
            yield from inventory(backends.service_name, kinds)
            if backends.service_name == "lambda":
                yield from inventory("lambda", {"functions": backend._lambdas._functions, "mappings": backend._event_source_mappings})


def inventory(service, kinds):
    return [f"{service} {kind} {name}" for kind, kept in kinds.items() for name in kept]


main(*sys.argv[1:])
