"""Refuses what the policies of a caller do not allow, by action and resource, as AWS does.

moto's own check knows actions only. A caller is an IAM user with an access key and inline policies; a key that no user
has may do everything, as in all other tests.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import fnmatch
import json
import re
from urllib.parse import unquote

from moto.core.responses import BaseResponse
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends

ACCOUNT = "123456789012"

# The prefix of a service's actions, where it is not the name by which requests are signed.
PREFIXES = {"monitoring": "cloudwatch"}
# The actions of an API's operations, where they have other names.
ACTIONS = {"lambda:Invoke": "lambda:InvokeFunction"}

# The parameter that names the resource, and the resource's ARN after the account.
RESOURCES = {
    "cognito-idp": [("UserPoolId", "userpool/{}"), ("ResourceArn", "{}")],
    "dynamodb": [("TableName", "table/{}"), ("ResourceArn", "{}")],
    "events": [("Rule", "rule/{}"), ("Name", "rule/{}"), ("ResourceARN", "{}")],
    "iam": [("RoleName", "role/{}"), ("PolicySourceArn", "{}")],
    "kms": [("KeyId", "key/{}"), ("TargetKeyId", "key/{}")],
    "logs": [("logGroupName", "log-group:{}:log-stream:"), ("resourceArn", "{}")],
    "cloudwatch": [
        ("AlarmName", "alarm:{}"),
        ("AlarmNames", "alarm:{}"),
        ("ResourceARN", "{}"),
        ("DashboardName", "dashboard/{}"),
        ("DashboardNames", "dashboard/{}"),
    ],
    "scheduler": [("Name", "schedule/default/{}"), ("ResourceArn", "{}")],
    "secretsmanager": [("SecretId", "secret:{}-AbCdEf"), ("Name", "secret:{}-AbCdEf")],
    "ssm": [("Name", "parameter{}"), ("Names", "parameter{}"), ("ResourceId", "parameter{}"), ("Path", "parameter{}")],
}
# What needs a right of its own when it comes with another operation.
TAGS = {
    "cloudwatch": "cloudwatch:TagResource",
    "cognito-idp": "cognito-idp:TagResource",
    "dynamodb": "dynamodb:TagResource",
    "events": "events:TagResource",
    "iam": "iam:TagRole",
    "kms": "kms:TagResource",
    "lambda": "lambda:TagResource",
    "logs": "logs:TagResource",
    "secretsmanager": "secretsmanager:TagResource",
    "ssm": "ssm:AddTagsToResource",
}
TAG_PARAMETERS = ("Tags", "tags", "UserPoolTags")


# A request with this header is answered with the actions that the user of that name was asked for and allowed.
ASKED_HEADER = "X-Test-Actions-Of"
# A request with this header ends when the policies have allowed it: something else than moto does the work.
ONLY_HEADER = "X-Test-Only-Permissions"


def check_permissions():
    """Makes moto ask the policies of the caller before each operation."""
    call = BaseResponse.call_action
    asked = {}

    def call_action(self):
        name = self.headers.get(ASKED_HEADER)
        if name:
            return 200, {"status": 200}, json.dumps(sorted(asked.get(name, [])))
        user = user_of(self.headers.get("Authorization", ""))
        for action, resource in permissions_of(self) if user else []:
            if not is_allowed(user, action, resource):
                return refuse(self, user, action, resource)
            asked.setdefault(user.name, set()).add(action)
        if self.headers.get(ONLY_HEADER):
            return 200, {"status": 200}, "{}"
        return call(self)

    BaseResponse.call_action = call_action


def user_of(authorization):
    """The IAM user whose access key signed the request."""
    key = re.search(r"Credential=([^/]+)/", authorization)
    users = iam_backends[ACCOUNT]["aws"].users.values()
    return next(
        (
            user
            for user in users
            if key and any(one.access_key_id == key[1] for one in user.access_keys)
        ),
        None,
    )


def permissions_of(response):
    """The actions and resources that an operation needs, those of other services included."""
    scope = response.headers.get("Authorization", "").partition("Credential=")[2].split("/")
    if len(scope) < 4:
        return []
    region, service = scope[2], PREFIXES.get(scope[3], scope[3])
    # Everyone may ask who they are.
    if service == "sts":
        return []
    parameter = response._get_param
    action = f"{service}:{response._get_action()}"
    action = ACTIONS.get(action, action)
    needed = [(action, arn) for arn in resources_of(response, service, region)]
    if any(parameter(name) for name in TAG_PARAMETERS):
        needed += [(TAGS[service], arn) for _, arn in needed]
    key = find_key(key_of(action, parameter))
    if key:
        actions = ["kms:Decrypt", "kms:GenerateDataKey"] if writes_secret(action) else ["kms:Decrypt"]
        if action == "dynamodb:CreateTable":
            actions = ["kms:DescribeKey", "kms:CreateGrant"]
        needed += [(one, key) for one in actions]
    role = parameter("Role") if service == "lambda" else parameter("RoleArn")
    if role and service in ("lambda", "events", "scheduler"):
        needed.append(("iam:PassRole", role))
    return needed


def writes_secret(action):
    return action.startswith("secretsmanager:") and "Get" not in action


def key_of(action, parameter):
    """The key with which the operation encrypts or decrypts on the caller's behalf."""
    if action == "dynamodb:CreateTable":
        return (parameter("SSESpecification") or {}).get("KMSMasterKeyId")
    if action.startswith("secretsmanager:Create"):
        return parameter("KmsKeyId")
    reads = ("dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:GetItem")
    secrets = ("secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue")
    # There is one environment, and one key in it.
    return "alias/m2m-trial" if action in reads + secrets else None


def find_key(name):
    """The ARN of a key by its ID, ARN or alias; nothing if there is none."""
    keys = kms_backends[ACCOUNT]["eu-central-1"].keys.values()
    found = (key for key in keys if name and (name in (key.id, key.arn) or name in key.aliases))
    return next((key.arn for key in found), None)


def aliases_of(key):
    found = kms_backends[ACCOUNT]["eu-central-1"].keys.get(key)
    return list(found.aliases) if found else []


def resources_of(response, service, region):
    """The ARNs that an operation is about; `*` for none."""
    if service == "lambda":
        name = re.search(r"/functions/([^/?]+)", response.path)
        names = [unquote(name[1])] if name else [response._get_param("FunctionName")]
        return [arn_of(service, region, "function:{}", one) for one in names if one] or ["*"]
    for parameter, pattern in RESOURCES.get(service, []):
        value = response._get_param(parameter)
        if value:
            arns = [arn_of(service, region, pattern, one) for one in listed(value)]
            return [find_key(value) or arn for arn in arns] if service == "kms" else arns
    return ["*"]


def arn_of(service, region, pattern, name):
    if name.startswith("arn:"):
        return name
    place = "" if service == "iam" or pattern.startswith("dashboard") else region
    return f"arn:aws:{service}:{place}:{ACCOUNT}:{pattern.format(name)}"


def is_allowed(user, action, resource):
    documents = [json.loads(one) for one in user.policies.values()]
    return any(
        statement["Effect"] == "Allow"
        and any(fnmatch.fnmatchcase(action, one) for one in listed(statement["Action"]))
        and any(fnmatch.fnmatchcase(resource, one) for one in listed(statement["Resource"]))
        and meets(statement.get("Condition", {}), resource)
        for document in documents
        for statement in document["Statement"]
    )


def listed(value):
    return value if isinstance(value, list) else [value]


def meets(conditions, resource):
    """The conditions that the documentation uses; any other is an error of this file."""
    for operator, keys in conditions.items():
        for key, expected in keys.items():
            if (operator, key) != ("ForAnyValue:StringEquals", "kms:ResourceAliases"):
                raise NotImplementedError(f"{operator} {key}")
            if not set(listed(expected)) & set(aliases_of(resource.rpartition("/")[2])):
                return False
    return True


def refuse(response, user, action, resource):
    arn = f"arn:aws:iam::{ACCOUNT}:user/{user.name}"
    message = f"User: {arn} is not authorized to perform: {action} on resource: {resource}"
    if response.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        error = f"<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>{message}</Message></Error>"
        return 403, {"status": 403}, f"<ErrorResponse>{error}</ErrorResponse>"
    headers = {"status": 403, "x-amzn-ErrorType": "AccessDeniedException"}
    return 403, headers, json.dumps({"__type": "AccessDeniedException", "message": message})
