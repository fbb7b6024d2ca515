"""
What moto 5.2.1 lacks of Cognito, as far as user pools of the gateway use it: settings that it forgets, calls that it does not have, what
Cognito refuses, and the resources that CloudFormation makes.
"""

import re
import uuid

from moto.cognitoidp.exceptions import InvalidParameterException, ResourceNotFoundError
from moto.cognitoidp.models import CognitoIdpBackend, CognitoIdpUserPool, CognitoIdpUserPoolDomain, cognitoidp_backends
from moto.cognitoidp.responses import CognitoIdpResponse
from moto.core.common_models import CloudFormationModel
from moto.core.responses import ActionResult, EmptyResult
from moto.secretsmanager.models import secretsmanager_backends

# moto reads the service from it.
MODULE = "moto.cognitoidp"

STANDARD_SCOPES = {"openid", "profile", "email", "phone", "aws.cognito.signin.user.admin"}


def apply():
    pools_have_a_plan()
    factors_are_kept()
    domains_keep_their_version()
    resource_servers_change_and_end()
    risk_configurations_are_kept()
    styles_are_kept()
    pools_in_use_stay()
    clients_name_what_there_is()


def pools_have_a_plan():
    """Essentials, unless another one is asked for: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html"""
    update = CognitoIdpUserPool.update_extended_config

    def update_extended_config(self, extended_config):
        update(self, extended_config)
        self.extended_config.setdefault("UserPoolTier", "ESSENTIALS")

    CognitoIdpUserPool.update_extended_config = update_extended_config


def factors_are_kept():
    """https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetUserPoolMfaConfig.html"""
    set_config, get_config = CognitoIdpResponse.set_user_pool_mfa_config, CognitoIdpBackend.get_user_pool_mfa_config

    def set_user_pool_mfa_config(self):
        pool = self.backend.describe_user_pool(self._get_param("UserPoolId"))
        pool.web_authn = self._get_param("WebAuthnConfiguration")
        return set_config(self)

    def get_user_pool_mfa_config(self, user_pool_id):
        pool = self.describe_user_pool(user_pool_id)
        return {**get_config(self, user_pool_id), "WebAuthnConfiguration": getattr(pool, "web_authn", None)}

    CognitoIdpResponse.set_user_pool_mfa_config = set_user_pool_mfa_config
    CognitoIdpBackend.get_user_pool_mfa_config = get_user_pool_mfa_config


def domains_keep_their_version():
    """https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DomainDescriptionType.html"""
    create, to_json = CognitoIdpResponse.create_user_pool_domain, CognitoIdpUserPoolDomain.to_json

    def create_user_pool_domain(self):
        answer = create(self)
        domain = self.backend.user_pool_domains[self._get_param("Domain")]
        domain.managed_login_version = self._get_param("ManagedLoginVersion", 1)
        return answer

    def described(self, extended=True):
        description = to_json(self, extended)
        if extended:
            description.update(ManagedLoginVersion=self.managed_login_version, AWSAccountId="111122223333", Version="1", S3Bucket="cognito")
            description["CustomDomainConfig"] = self.custom_domain_config or None
        return description

    CognitoIdpResponse.create_user_pool_domain, CognitoIdpUserPoolDomain.to_json = create_user_pool_domain, described


def resource_servers_change_and_end():
    """https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateResourceServer.html"""

    def update_resource_server(self):
        server = self.backend.describe_resource_server(self._get_param("UserPoolId"), self._get_param("Identifier"))
        server.name, server.scopes = self._get_param("Name"), self._get_param("Scopes")
        return ActionResult({"ResourceServer": server.to_json()})

    def delete_resource_server(self):
        pool = self.backend.describe_user_pool(self._get_param("UserPoolId"))
        del pool.resource_servers[self._get_param("Identifier")]
        return EmptyResult()

    CognitoIdpResponse.update_resource_server = update_resource_server
    CognitoIdpResponse.delete_resource_server = delete_resource_server


def risk_configurations_are_kept():
    """https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetRiskConfiguration.html"""

    def set_risk_configuration(self):
        pool = self.backend.describe_user_pool(self._get_param("UserPoolId"))
        pool.risks = self.parameters
        return ActionResult({"RiskConfiguration": pool.risks})

    def describe_risk_configuration(self):
        pool = self.backend.describe_user_pool(self._get_param("UserPoolId"))
        return ActionResult({"RiskConfiguration": getattr(pool, "risks", {"UserPoolId": pool.id})})

    CognitoIdpResponse.set_risk_configuration = set_risk_configuration
    CognitoIdpResponse.describe_risk_configuration = describe_risk_configuration


def styles_are_kept():
    """Of managed login, by ID."""
    init = CognitoIdpBackend.__init__

    def with_styles(self, *args, **kwargs):
        init(self, *args, **kwargs)
        self.styles = {}

    CognitoIdpBackend.__init__ = with_styles


def pools_in_use_stay():
    """
    https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-deletion-protection.html, and
    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DeleteUserPool.html
    """
    delete = CognitoIdpBackend.delete_user_pool

    def delete_user_pool(self, user_pool_id):
        pool = self.describe_user_pool(user_pool_id)
        if pool.extended_config.get("DeletionProtection") == "ACTIVE":
            raise InvalidParameterException(
                "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first."
            )
        if pool.domain:
            raise InvalidParameterException("User pool cannot be deleted. It has a domain configured that should be deleted first.")
        delete(self, user_pool_id)

    CognitoIdpBackend.delete_user_pool = delete_user_pool


def clients_name_what_there_is():
    """https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html"""
    create, update = CognitoIdpBackend.create_user_pool_client, CognitoIdpBackend.update_user_pool_client

    def check(pool, config):
        for provider in config.get("SupportedIdentityProviders", []):
            if provider != "COGNITO" and provider not in pool.identity_providers:
                raise InvalidParameterException(f"The provider {provider} does not exist for User Pool {pool.id}")
        known = {f"{server.identifier}/{scope['ScopeName']}" for server in pool.resource_servers.values() for scope in server.scopes}
        for scope in config.get("AllowedOAuthScopes", []):
            if scope not in STANDARD_SCOPES | known:
                raise InvalidParameterException(f"Invalid scope requested: {scope}")
        rotates = config.get("RefreshTokenRotation", {}).get("Feature") == "ENABLED"
        if rotates and "ALLOW_REFRESH_TOKEN_AUTH" in config.get("ExplicitAuthFlows", ["ALLOW_REFRESH_TOKEN_AUTH"]):
            raise InvalidParameterException("Refresh token rotation cannot be enabled with ALLOW_REFRESH_TOKEN_AUTH")

    def create_user_pool_client(self, user_pool_id, generate_secret, extended_config):
        check(self.describe_user_pool(user_pool_id), extended_config)
        return create(self, user_pool_id, generate_secret, extended_config)

    def update_user_pool_client(self, user_pool_id, client_id, extended_config):
        check(self.describe_user_pool(user_pool_id), extended_config)
        return update(self, user_pool_id, client_id, extended_config)

    CognitoIdpBackend.create_user_pool_client = create_user_pool_client
    CognitoIdpBackend.update_user_pool_client = update_user_pool_client


class CloudFormationClient(CloudFormationModel):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cognito-userpoolclient.html"""

    __module__ = MODULE

    def __init__(self, client):
        self.client = client

    @property
    def physical_resource_id(self):
        return self.client.id

    @staticmethod
    def cloudformation_name_type():
        return None

    @staticmethod
    def cloudformation_type():
        return "AWS::Cognito::UserPoolClient"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        properties = dict(cloudformation_json["Properties"])
        pool, secret = properties.pop("UserPoolId"), properties.pop("GenerateSecret", False)
        return cls(cognitoidp_backends[account_id][region_name].create_user_pool_client(pool, secret, properties))

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
        properties = dict(cloudformation_json["Properties"])
        pool, secret = properties.pop("UserPoolId"), properties.pop("GenerateSecret", False)
        assert secret == original_resource.client.generate_secret, "this would be another client"
        backend = cognitoidp_backends[account_id][region_name]
        return cls(backend.update_user_pool_client(pool, original_resource.client.id, properties))

    def delete(self, account_id, region_name):
        cognitoidp_backends[account_id][region_name].delete_user_pool_client(self.client.user_pool_id, self.client.id)


class CloudFormationIdentityProvider(CloudFormationModel):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cognito-userpoolidentityprovider.html"""

    __module__ = MODULE

    def __init__(self, pool, name):
        self.pool, self.name = pool, name

    @property
    def physical_resource_id(self):
        return self.name

    @staticmethod
    def cloudformation_name_type():
        return None

    @staticmethod
    def cloudformation_type():
        return "AWS::Cognito::UserPoolIdentityProvider"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        properties = with_secrets(cloudformation_json["Properties"], account_id, region_name)
        pool, name = properties.pop("UserPoolId"), properties.pop("ProviderName")
        cognitoidp_backends[account_id][region_name].create_identity_provider(pool, name, properties)
        return cls(pool, name)

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
        properties = with_secrets(cloudformation_json["Properties"], account_id, region_name)
        pool, name = properties.pop("UserPoolId"), properties.pop("ProviderName")
        cognitoidp_backends[account_id][region_name].update_identity_provider(pool, name, properties)
        return original_resource

    def delete(self, account_id, region_name):
        cognitoidp_backends[account_id][region_name].delete_identity_provider(self.pool, self.name)


class CloudFormationStyle(CloudFormationModel):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cognito-managedloginbranding.html"""

    __module__ = MODULE

    def __init__(self, style_id):
        self.id = style_id

    @property
    def physical_resource_id(self):
        return self.id

    @staticmethod
    def cloudformation_name_type():
        return None

    @staticmethod
    def cloudformation_type():
        return "AWS::Cognito::ManagedLoginBranding"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        properties = cloudformation_json["Properties"]
        backend = cognitoidp_backends[account_id][region_name]
        backend.describe_user_pool_client(properties["UserPoolId"], properties["ClientId"])
        style = str(uuid.uuid4())
        backend.styles[style] = properties
        return cls(style)

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
        cognitoidp_backends[account_id][region_name].styles[original_resource.id] = cloudformation_json["Properties"]
        return original_resource

    def delete(self, account_id, region_name):
        del cognitoidp_backends[account_id][region_name].styles[self.id]


def with_secrets(value, account_id, region):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html"""
    if isinstance(value, dict):
        return {key: with_secrets(item, account_id, region) for key, item in value.items()}
    reference = isinstance(value, str) and re.fullmatch(r"\{\{resolve:secretsmanager:([^:]+):SecretString(?:::([^:]*):([^:]*))?\}\}", value)
    if not reference:
        return value
    secret, _, version = reference.groups()
    found = secretsmanager_backends[account_id][region].get_secret_value(secret, version_id=version or None)
    if "SecretString" not in found:
        raise ResourceNotFoundError(secret)
    return found["SecretString"]
