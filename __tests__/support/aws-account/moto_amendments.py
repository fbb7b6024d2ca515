"""
Where moto 5.2.1 does something else than AWS, as far as it matters to the gateway. One function each; all of them are applied
before the server starts.
"""

import base64
import json
import random
import string
import threading
import time
import urllib.request
import uuid

from moto.awslambda.models import LambdaBackend, LambdaFunction
from moto.awslambda.policy import Policy
from moto.cloudtrail.models import CloudTrailBackend
from moto.logs.responses import LogsResponse
from moto.route53 import models as route53
from moto.route53.responses import Route53
from moto.secretsmanager.models import SecretsManagerBackend
from moto.sns.models import Subscription
from moto.sqs.exceptions import QueueDoesNotExist
from moto.sqs.models import Queue, SQSBackend

ROTATION_STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"]


def apply(runner: str):
    """`runner` is the URL that runs functions."""
    functions_run_on_node(runner)
    permissions_are_removed_one_by_one()
    queues_invoke_with_true_events()
    queues_keep_what_was_set()
    ends_of_queues_are_not_waited_for()
    subscriptions_send_an_envelope_unless_told_otherwise()
    secrets_are_read_by_label()
    rotation_goes_on_beside_the_caller()
    hosted_zone_ids_begin_with_z()
    record_changes_are_not_waited_for()
    saved_queries_are_kept()
    trails_are_known_by_their_arns()


def functions_run_on_node(runner):
    """moto runs functions in Docker, or pretends to. Here the code that was uploaded runs, with the environment that was configured."""

    def invoke(self, body, request_headers, response_headers):
        invocation = {"functionName": self.function_name, "environment": self.environment_vars, "event": json.loads(body or "{}")}
        invocation["zip"] = base64.b64encode(self.code_bytes).decode()
        request = urllib.request.Request(runner, json.dumps(invocation).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=self.timeout) as answer:
            result = answer.read()
            if answer.headers["x-amz-function-error"]:
                response_headers["x-amz-function-error"] = answer.headers["x-amz-function-error"]
        return result

    LambdaFunction.invoke = invoke


def permissions_are_removed_one_by_one():
    """Two at the same time can miss each other's statement, which then is not found, and stays."""
    lock = threading.Lock()
    remove = Policy.del_statement

    def del_statement(self, *args, **kwargs):
        with lock:
            remove(self, *args, **kwargs)

    Policy.del_statement = del_statement


def queues_invoke_with_true_events():
    """
    moto sends one message an event, with a time of 2018, and takes a function's partial failure for a success.
    https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
    """

    def send_sqs_batch(self, function_arn, messages, queue_arn):
        event = {"Records": [record_of(message, queue_arn, self.region_name) for message in messages]}
        headers = {}
        answer = self.invoke(function_arn, qualifier=None, body=json.dumps(event), headers={}, response_headers=headers)
        failed = (json.loads(answer or "null") or {}).get("batchItemFailures", [])
        return "x-amz-function-error" not in headers and not failed

    def record_of(message, queue_arn, region):
        sent = str(int(message.sent_timestamp))
        return {
            "messageId": message.id,
            "receiptHandle": message.receipt_handle,
            "body": message.body,
            "attributes": {
                "ApproximateReceiveCount": str(message.approximate_receive_count),
                "SentTimestamp": sent,
                "SenderId": message.sender_id,
                "ApproximateFirstReceiveTimestamp": sent,
            },
            "messageAttributes": {},
            "md5OfBody": message.body_md5,
            "eventSource": "aws:sqs",
            "eventSourceARN": queue_arn,
            "awsRegion": region,
        }

    LambdaBackend.send_sqs_batch = send_sqs_batch


def queues_keep_what_was_set():
    """moto knows no RedriveAllowPolicy, writes a RedrivePolicy anew, and takes a queue's policy away when anything else is set."""
    set_attributes, attributes_of = Queue._set_attributes, Queue.attributes.fget

    def keeping_the_policy(self, attributes, now=None):
        before = getattr(self, "_policy_json", None)
        set_attributes(self, attributes, now)
        if "Policy" not in attributes and before is not None:
            self._policy_json = before

    def with_redrive_policy_as_sent(self):
        attributes = attributes_of(self)
        if self.redrive_policy:
            attributes["RedrivePolicy"] = json.dumps(self.redrive_policy, separators=(",", ":"))
        return attributes

    Queue._set_attributes = keeping_the_policy
    Queue.attributes = property(with_redrive_policy_as_sent)
    Queue.redrive_allow_policy = None
    Queue.BASE_ATTRIBUTES = [*Queue.BASE_ATTRIBUTES, "RedriveAllowPolicy"]


def ends_of_queues_are_not_waited_for():
    """
    At once, and as if the queue had not been there: else the provider waits 42 seconds for its end, and 25 for that of a policy,
    however quick SQS is.
    """
    delete, set_attributes = SQSBackend.delete_queue, SQSBackend.set_queue_attributes

    def delete_queue(self, queue_name):
        delete(self, queue_name)
        raise QueueDoesNotExist()

    def set_queue_attributes(self, queue_name, attributes):
        set_attributes(self, queue_name, attributes)
        if list(attributes.values()) == [""]:
            raise QueueDoesNotExist()

    SQSBackend.delete_queue, SQSBackend.set_queue_attributes = delete_queue, set_queue_attributes


def subscriptions_send_an_envelope_unless_told_otherwise():
    """
    moto takes the text "false" for true.
    https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
    """
    publish = Subscription.publish

    def publish_as_set(self, *args, **kwargs):
        is_raw = str(self.attributes.get("RawMessageDelivery", "")).lower() == "true"
        before, self.attributes = self.attributes, {**self.attributes, "RawMessageDelivery": is_raw}
        try:
            publish(self, *args, **kwargs)
        finally:
            self.attributes = before

    Subscription.publish = publish_as_set


def secrets_are_read_by_label():
    """
    Where neither version nor label is asked for, moto does not see that AWSCURRENT has moved.
    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
    """
    get = SecretsManagerBackend.get_secret_value

    def get_secret_value(self, secret_id, version_id=None, version_stage=None):
        return get(self, secret_id, version_id, version_stage or (None if version_id else "AWSCURRENT"))

    SecretsManagerBackend.get_secret_value = get_secret_value


def rotation_goes_on_beside_the_caller():
    """
    moto cannot rotate a secret that has no version, and its RotateSecret returns when the rotation is over.
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html
    """

    def rotate_secret(self, secret_id, client_request_token=None, rotation_lambda_arn=None, rotation_rules=None, rotate_immediately=True):
        secret = self.secrets[secret_id]
        secret.rotation_requested = secret.rotation_enabled = True
        secret.rotation_lambda_arn = rotation_lambda_arn or secret.rotation_lambda_arn
        days = (rotation_rules or {}).get("AutomaticallyAfterDays")
        if days is not None:
            secret.auto_rotate_after_days = days
        version = client_request_token or str(uuid.uuid4())
        if rotate_immediately:
            if secret.versions:
                # The label is on the new version before it has a value.
                secret.versions[version] = {"createdate": int(time.time()), "version_id": version, "version_stages": ["AWSPENDING"]}
            threading.Thread(target=run_steps, args=(self, secret, version), daemon=True).start()
        return json.dumps({"ARN": secret.arn, "Name": secret.name, "VersionId": version})

    def run_steps(backend, secret, version):
        from moto.awslambda.utils import get_backend

        functions = get_backend(backend.account_id, backend.region_name)
        for step in ROTATION_STEPS:
            event = {"Step": step, "SecretId": secret.arn, "ClientRequestToken": version, "RotationToken": str(uuid.uuid4())}
            headers = {}
            functions.invoke(secret.rotation_lambda_arn, qualifier=None, body=json.dumps(event), headers={}, response_headers=headers)
            if "x-amz-function-error" in headers:
                return
        secret.last_rotation_date = int(time.time())

    SecretsManagerBackend.rotate_secret = rotate_secret


def hosted_zone_ids_begin_with_z():
    """https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHostedZone.html"""
    alphabet = string.ascii_uppercase + string.digits
    route53.HostedZoneIdentifier.generate = lambda *_, **__: "Z" + "".join(random.choices(alphabet, k=20))


def record_changes_are_not_waited_for():
    """The provider waits 10 to 30 seconds for a change that it is told the id of, however quick Route 53 is."""
    change = Route53.change_resource_record_sets

    def without_change_info(self):
        answer = change(self)
        answer.result.pop("ChangeInfo")
        return answer

    Route53.change_resource_record_sets = without_change_info


def saved_queries_are_kept():
    """moto has no saved queries. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html"""
    saved = {}

    def put_query_definition(self):
        definition = json.loads(self.body)
        definition.pop("clientToken", None)
        definition.setdefault("queryDefinitionId", str(uuid.uuid4()))
        saved[definition["queryDefinitionId"]] = {**definition, "lastModified": int(time.time() * 1000)}
        return json.dumps({"queryDefinitionId": definition["queryDefinitionId"]})

    def describe_query_definitions(self):
        prefix = json.loads(self.body).get("queryDefinitionNamePrefix", "")
        return json.dumps({"queryDefinitions": [one for one in saved.values() if one["name"].startswith(prefix)]})

    def delete_query_definition(self):
        return json.dumps({"success": saved.pop(json.loads(self.body)["queryDefinitionId"], None) is not None})

    LogsResponse.put_query_definition = put_query_definition
    LogsResponse.describe_query_definitions = describe_query_definitions
    LogsResponse.delete_query_definition = delete_query_definition


def trails_are_known_by_their_arns():
    """
    These three know trails by their names only, and Terraform has the ARN.
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_StartLogging.html
    """

    def by_name(method):
        return lambda self, name: method(self, name.split("/")[-1])

    for name in ["start_logging", "stop_logging", "delete_trail"]:
        setattr(CloudTrailBackend, name, by_name(getattr(CloudTrailBackend, name)))
