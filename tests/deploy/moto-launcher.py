"""Starts moto's AWS API on a free loopback port, with the gaps filled that our stacks fall into.

Prints one line of JSON, {"url": "http://127.0.0.1:<port>"}, and ends when its standard input ends, so that no server
outlives the test that started it.
"""

import json
import sys
import time

from moto.awslambda.models import LambdaFunction
from moto.awslambda.responses import LambdaResponse
from moto.awslambda.urls import url_paths as lambda_url_paths
from moto.cognitoidp.exceptions import ResourceNotFoundError
from moto.cognitoidp.models import (
    CognitoIdpBackend,
    CognitoIdpUserPool,
    CognitoIdpUserPoolClient,
)
from moto.cognitoidp.responses import CognitoIdpResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.server import ThreadedMotoServer


def fill_resource_servers():
    """moto creates resource servers, but neither changes nor deletes them."""

    def update_resource_server(self):
        server = self.backend.describe_resource_server(
            self._get_param("UserPoolId"), self._get_param("Identifier")
        )
        server.name = self._get_param("Name")
        server.scopes = self._get_param("Scopes")
        return ActionResult({"ResourceServer": server.to_json()})

    def delete_resource_server(self):
        pool = self.backend.describe_user_pool(self._get_param("UserPoolId"))
        pool.resource_servers.pop(self._get_param("Identifier"), None)
        return EmptyResult()

    CognitoIdpResponse.update_resource_server = update_resource_server
    CognitoIdpResponse.delete_resource_server = delete_resource_server


def fill_pool_updates():
    """moto forgets a pool's tags and plan when the pool is updated; Amazon Cognito keeps both."""
    update = CognitoIdpBackend.update_user_pool

    def update_user_pool(self, user_pool_id, extended_config):
        before = self.describe_user_pool(user_pool_id).extended_config
        kept = {key: before[key] for key in ("UserPoolTags", "UserPoolTier") if key in before}
        update(self, user_pool_id, {**kept, **extended_config})

    CognitoIdpBackend.update_user_pool = update_user_pool

    extend = CognitoIdpUserPool.update_extended_config

    def update_extended_config(self, extended_config):
        extend(self, {"UserPoolTier": "ESSENTIALS", **(extended_config or {})})

    CognitoIdpUserPool.update_extended_config = update_extended_config


def fill_pool_tags():
    """moto has no tag operations for pools."""

    def pool_of(self):
        pool_id = self._get_param("ResourceArn").rsplit("/", 1)[-1]
        if pool_id not in self.backend.user_pools:
            raise ResourceNotFoundError(pool_id)
        return self.backend.user_pools[pool_id]

    def tags_of(self):
        return pool_of(self).extended_config.setdefault("UserPoolTags", {})

    def tag_resource(self):
        tags_of(self).update(self._get_param("Tags"))
        return EmptyResult()

    def untag_resource(self):
        for key in self._get_param("TagKeys"):
            tags_of(self).pop(key, None)
        return EmptyResult()

    def list_tags_for_resource(self):
        return ActionResult({"Tags": tags_of(self)})

    CognitoIdpResponse.tag_resource = tag_resource
    CognitoIdpResponse.untag_resource = untag_resource
    CognitoIdpResponse.list_tags_for_resource = list_tags_for_resource


def fill_client_secrets():
    """moto does not list the secrets of a client; each has the one that it was created with."""
    create = CognitoIdpUserPoolClient.__init__

    def __init__(self, *args, **kwargs):
        create(self, *args, **kwargs)
        self.created_at = int(time.time())

    def list_user_pool_client_secrets(self):
        client = self.backend.describe_user_pool_client(
            self._get_param("UserPoolId"), self._get_param("ClientId")
        )
        secret = {
            "ClientSecretId": f"{client.id}--{client.created_at}",
            "ClientSecretCreateDate": client.created_at,
        }
        return ActionResult({"ClientSecrets": [secret]})

    CognitoIdpUserPoolClient.__init__ = __init__
    CognitoIdpResponse.list_user_pool_client_secrets = list_user_pool_client_secrets


def fill_lambda_logging():
    """moto does not keep where and how a function logs."""
    create = LambdaFunction.__init__
    update = LambdaFunction.update_configuration
    describe = LambdaFunction.get_configuration

    def __init__(self, account_id, spec, *args, **kwargs):
        self.logging_config = spec.get("LoggingConfig")
        create(self, account_id, spec, *args, **kwargs)

    def update_configuration(self, config_updates):
        self.logging_config = config_updates.get("LoggingConfig", self.logging_config)
        return update(self, config_updates)

    def get_configuration(self, *args, **kwargs):
        config = describe(self, *args, **kwargs)
        return {**config, "LoggingConfig": self.logging_config} if self.logging_config else config

    LambdaFunction.__init__ = __init__
    LambdaFunction.update_configuration = update_configuration
    LambdaFunction.get_configuration = get_configuration


def fill_provisioned_concurrency():
    """moto has no provisioned concurrency."""
    granted = {}

    def describe(count):
        return {
            "RequestedProvisionedConcurrentExecutions": count,
            "AvailableProvisionedConcurrentExecutions": count,
            "AllocatedProvisionedConcurrentExecutions": count,
            "Status": "READY",
        }

    def key_of(self):
        return self.path.split("/")[-2], self.querystring["Qualifier"][0]

    def put_provisioned_concurrency_config(self):
        granted[key_of(self)] = json.loads(self.body)["ProvisionedConcurrentExecutions"]
        return 202, {"status": 202}, json.dumps(describe(granted[key_of(self)]))

    def get_provisioned_concurrency_config(self):
        if key_of(self) in granted:
            return json.dumps(describe(granted[key_of(self)]))
        error = {"x-amzn-ErrorType": "ProvisionedConcurrencyConfigNotFoundException", "status": 404}
        return 404, error, '{"Message":"not found"}'

    def delete_provisioned_concurrency_config(self):
        granted.pop(key_of(self), None)
        return 204, {"status": 204}, ""

    LambdaResponse.put_provisioned_concurrency_config = put_provisioned_concurrency_config
    LambdaResponse.get_provisioned_concurrency_config = get_provisioned_concurrency_config
    LambdaResponse.delete_provisioned_concurrency_config = delete_provisioned_concurrency_config
    path = r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[\w_:%-]+)/provisioned-concurrency$"
    lambda_url_paths[path] = LambdaResponse.dispatch


def main():
    fill_resource_servers()
    fill_pool_updates()
    fill_pool_tags()
    fill_client_secrets()
    fill_lambda_logging()
    fill_provisioned_concurrency()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    print(json.dumps({"url": f"http://{host}:{port}"}), flush=True)
    sys.stdin.read()
    server.stop()


main()
