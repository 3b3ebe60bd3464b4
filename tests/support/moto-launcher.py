"""Starts moto's AWS API on a free loopback port, with the gaps filled that our stacks fall into.

Prints one line of JSON, {"url": "http://127.0.0.1:<port>"}, and ends when its standard input ends, so that no server
outlives the test that started it.
"""

import itertools
import json
import sys
import time

from moto.awslambda.models import LambdaFunction
from moto.awslambda.responses import LambdaResponse
from moto.awslambda.urls import url_paths as lambda_url_paths
from moto.cognitoidp.exceptions import InvalidParameterException, ResourceNotFoundError
from moto.cognitoidp.models import (
    CognitoIdpBackend,
    CognitoIdpUserPool,
    CognitoIdpUserPoolClient,
    CognitoIdpUserPoolDomain,
)
from moto.cognitoidp.responses import CognitoIdpResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.kms.models import KmsBackend
from moto.secretsmanager.models import SecretsManagerBackend
from moto.server import ThreadedMotoServer

from moto_permissions import check_permissions


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
    """moto forgets what an update leaves out and cannot change; Amazon Cognito keeps it."""
    update = CognitoIdpBackend.update_user_pool
    lasting = (
        "UserPoolTags",
        "UserPoolTier",
        "AliasAttributes",
        "UsernameAttributes",
        "UsernameConfiguration",
    )

    def update_user_pool(self, user_pool_id, extended_config):
        before = self.describe_user_pool(user_pool_id).extended_config
        kept = {key: before[key] for key in lasting if key in before}
        update(self, user_pool_id, {**kept, **extended_config})

    CognitoIdpBackend.update_user_pool = update_user_pool

    extend = CognitoIdpUserPool.update_extended_config

    def update_extended_config(self, extended_config):
        extend(self, {"UserPoolTier": "ESSENTIALS", **(extended_config or {})})

    CognitoIdpUserPool.update_extended_config = update_extended_config


def fill_trigger_rule():
    """moto takes two different pre-token-generation triggers at once; Amazon Cognito refuses that.

    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_LambdaConfigType.html
    """
    extend = CognitoIdpUserPool.update_extended_config

    def update_extended_config(self, extended_config):
        triggers = (extended_config or {}).get("LambdaConfig") or {}
        older = triggers.get("PreTokenGeneration")
        newer = (triggers.get("PreTokenGenerationConfig") or {}).get("LambdaArn")
        if older and newer and older != newer:
            raise InvalidParameterException(
                "PreTokenGeneration and PreTokenGenerationConfig name different functions."
            )
        extend(self, extended_config)

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
    """moto gives a client one secret, and has none of the operations that change or list them."""
    create = CognitoIdpUserPoolClient.__init__
    next_id = itertools.count(int(time.time()))

    def __init__(self, *args, **kwargs):
        create(self, *args, **kwargs)
        self.secrets = [describe(self, self.secret)]

    def describe(client, value):
        created_at = next(next_id)
        return {
            "ClientSecretId": f"{client.id}--{created_at}",
            "ClientSecretCreateDate": created_at,
            "value": value,
        }

    def shown(secret):
        return {name: secret[name] for name in ("ClientSecretId", "ClientSecretCreateDate")}

    def client_of(self):
        return self.backend.describe_user_pool_client(
            self._get_param("UserPoolId"), self._get_param("ClientId")
        )

    def list_user_pool_client_secrets(self):
        return ActionResult({"ClientSecrets": [shown(secret) for secret in client_of(self).secrets]})

    def add_user_pool_client_secret(self):
        client = client_of(self)
        client.secrets.append(describe(client, self._get_param("ClientSecret")))
        return ActionResult({"ClientSecretDescriptor": shown(client.secrets[-1])})

    def delete_user_pool_client_secret(self):
        client = client_of(self)
        doomed = self._get_param("ClientSecretId")
        client.secrets = [one for one in client.secrets if one["ClientSecretId"] != doomed]
        # As far as a description shows one secret, it is the oldest.
        client.secret = client.secrets[0]["value"]
        return EmptyResult()

    CognitoIdpUserPoolClient.__init__ = __init__
    CognitoIdpResponse.list_user_pool_client_secrets = list_user_pool_client_secrets
    CognitoIdpResponse.add_user_pool_client_secret = add_user_pool_client_secret
    CognitoIdpResponse.delete_user_pool_client_secret = delete_user_pool_client_secret


def fill_secret_versions():
    """moto goes on answering with the old version when AWSCURRENT has moved, and keeps versions without a label for ever.

    AWS Secrets Manager deletes them some time later; here it is at once.
    """
    update = SecretsManagerBackend.update_secret_version_stage

    def update_secret_version_stage(
        self, secret_id, version_stage, remove_from_version_id, move_to_version_id
    ):
        answer = update(self, secret_id, version_stage, remove_from_version_id, move_to_version_id)
        if version_stage == "AWSCURRENT" and move_to_version_id:
            self.secrets[secret_id].set_default_version_id(move_to_version_id)
        versions = self.secrets[secret_id].versions
        for version_id in [one for one in versions if not versions[one]["version_stages"]]:
            del versions[version_id]
        return answer

    SecretsManagerBackend.update_secret_version_stage = update_secret_version_stage


def fill_login_pages():
    """moto has no customisation of a pool's login page."""
    customised = {}

    def set_ui_customization(self):
        css = self._get_param("CSS")
        pool_id = self._get_param("UserPoolId")
        customised[pool_id] = {"UserPoolId": pool_id, "ClientId": "ALL", "CSS": css}
        return ActionResult({"UICustomization": customised[pool_id]})

    def get_ui_customization(self):
        return ActionResult({"UICustomization": customised.get(self._get_param("UserPoolId"), {})})

    CognitoIdpResponse.set_ui_customization = set_ui_customization
    CognitoIdpResponse.get_ui_customization = get_ui_customization


def fill_custom_domains():
    """moto does not say which certificate a domain has, nor which of two kinds a pool's domain is."""
    describe_domain = CognitoIdpUserPoolDomain.to_json
    describe_pool = CognitoIdpUserPool.to_json

    def domain_to_json(self, extended=True):
        described = describe_domain(self, extended)
        if extended and self.custom_domain_config:
            described["CustomDomainConfig"] = self.custom_domain_config
        return described

    def pool_to_json(self, extended=False):
        described = describe_pool(self, extended)
        if extended:
            described.pop("Domain", None)
            for domain in self.backend.user_pool_domains.values():
                if domain.user_pool_id == self.id:
                    kind = "CustomDomain" if domain.custom_domain_config else "Domain"
                    described[kind] = domain.domain
        return described

    CognitoIdpUserPoolDomain.to_json = domain_to_json
    CognitoIdpUserPool.to_json = pool_to_json


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


def fill_managed_keys():
    """moto says of the keys that AWS manages that they are the customer's."""
    generate = KmsBackend._generate_default_keys

    def _generate_default_keys(self, alias_name):
        key_id = generate(self, alias_name)
        if key_id:
            self.keys[key_id].key_manager = "AWS"
        return key_id

    KmsBackend._generate_default_keys = _generate_default_keys


def main():
    fill_resource_servers()
    fill_pool_updates()
    fill_trigger_rule()
    fill_pool_tags()
    fill_client_secrets()
    fill_secret_versions()
    fill_login_pages()
    fill_custom_domains()
    fill_lambda_logging()
    fill_provisioned_concurrency()
    fill_managed_keys()
    check_permissions()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    print(json.dumps({"url": f"http://{host}:{port}"}), flush=True)
    sys.stdin.read()
    server.stop()


main()
