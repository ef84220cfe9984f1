"""The original's generated client (PyPI algorithmia-api-client 1.5.5), unmodified, with its validation of every field."""
import json
import os
from datetime import datetime

import algorithmia_api_client as api
from algorithmia_api_client.rest import ApiException


def client(key):
    configuration = api.Configuration(host=os.environ["SECRET_STORE_URL"])
    # Half of its methods name no credentials or a cookie: as a default header the key goes with all of them.
    return api.ApiClient(configuration, header_name="Authorization", header_value="Simple " + key)


def refused(status, call):
    try:
        call()
    except ApiException as error:
        assert error.status == status, error
        assert '"error"' in error.body and '"code"' in error.body, error.body
    else:
        raise AssertionError("was not refused")


def listed(call):
    """This client's model of a page's entries demands the fields of every kind of list at once, which no server's answer has."""
    return json.loads(call(_preload_content=False).data)


with client(os.environ["ADMIN_KEY"]) as admin_client, client(os.environ["USER_KEY"]) as user_client:
    # Users and their keys
    users = api.UsersApi(admin_client)
    user = users.create_user(api.User(username="generated", email="generated@example.com", fullname="Gen Erated", company_name="C", company_role="R", resource_type="user"))
    assert (user.username, user.email, user.resource_type) == ("generated", "generated@example.com", "user"), user
    assert users.get_user("generated").fullname == "Gen Erated"
    assert users.get_user("root").username == "root"
    page = listed(users.get_users)
    assert page["next_link"] is None and len(page["results"]) >= 2, page
    auth = api.AuthApi(admin_client)
    key = auth.create_key_for_user("generated", api.ApiKeyCreation(key_label="one", key_type="AlgorithmKey", permissions={}))
    assert key.api_key.startswith("sim") and len(key.api_key) == 28 and key.api_key_mask != key.api_key, key
    assert isinstance(key.created_at, datetime)
    assert key.permissions.allow_algo is True and key.permissions.algo_acl == [], key
    keys = auth.get_keys_for_user("generated")
    assert [each.api_key for each in keys] == [key.api_key_mask], keys

    # Organizations
    organizations = api.OrganizationsApi(admin_client)
    types = organizations.get_all_organization_types()
    made = organizations.create_organization(api.Organization(org_name="generatedorg", org_email="o@example.com", org_label="L", org_contact_name="C", org_url="", type_id=types[0].id, resource_type="organization"))
    assert made.org_name == "generatedorg" and made.owner_ids == [], made
    organizations.edit("generatedorg", api.Organization(org_name="generatedorg", org_email="o@example.com", org_label="M", org_contact_name="C", org_url="u", type_id=types[0].id, resource_type="organization"))
    assert organizations.get_organization("generatedorg").org_label == "M"
    assert len(listed(organizations.get_organizations)["results"]) >= 1
    organizations.add_organization_member("generatedorg", "generated")
    assert [each["role"] for each in listed(lambda **more: organizations.list_members("generatedorg", **more))["results"]] == ["member"]
    organizations.remove_organization_member("generatedorg", "generated")
    organizations.delete_organization("generatedorg")
    refused(404, lambda: organizations.get_organization("generatedorg"))

    # Providers
    admin = api.AdminApi(admin_client)
    internal = admin.admin_list_secret_providers()[0]
    assert internal.name == "algorithmia_internal_secret_provider" and internal.is_default and internal.is_enabled, internal
    assert isinstance(internal.created, datetime)
    request = api.SecretProviderRequest(name="Generated Vault", description="d", module_name="vault.jar", factory_class_name="com.example.F", interface_version="v1.0.0",
                                        configuration=api.SecretProviderRequestConfiguration(key="value"), is_enabled=True, is_default=False)
    provider = admin.create_secret_provider(secret_provider_request=request)
    assert (provider.name, provider.module_name, provider.is_default) == ("Generated Vault", "vault.jar", False), provider
    refused(409, lambda: admin.create_secret_provider(secret_provider_request=request))
    request.description = "changed"
    assert admin.update_provider(provider.id, secret_provider_request=request).description == "changed"
    assert admin.get_secret_provider(provider.id).description == "changed"
    refused(400, lambda: admin.check_secret_provider_for_jar(provider.id))
    admin.set_default_secret_provider(provider.id)
    assert admin.admin_list_secret_providers()[0].id == provider.id
    refused(409, lambda: admin.delete_provider(provider.id))
    admin.set_default_secret_provider(internal.id)
    admin.delete_provider(provider.id)
    refused(404, lambda: admin.get_secret_provider(provider.id))
    refused(403, lambda: api.AdminApi(user_client).admin_list_secret_providers())

    # Algorithms and secrets
    algorithms = api.AlgorithmsApi(user_client)
    settings = api.SettingsMandatory(source_visibility="closed", license="apl", network_access="full", pipeline_enabled=True, environment="python38")
    algorithm = algorithms.create_algorithm("ana", api.CreateRequest(name="generated", details=api.Details(label="G", summary="s", tagline="t"), settings=settings))
    assert algorithm.name == "generated", algorithm
    got = algorithms.get_algorithm("ana", "generated")
    assert got.details.label == "G", got
    secrets = api.SecretsApi(user_client)
    assert secrets.list_secret_providers()[0].id == internal.id
    create = api.AlgorithmSecretCreateRequest(short_name="n", description="d", owner_type="algorithm", owner_id=algorithm.id, secret_key="API_TOKEN", secret_value="first", provider_id=internal.id)
    secret = secrets.create_algorithm_secret(algorithm.id, create)
    assert (secret.short_name, secret.owner_id, secret.provider_id) == ("n", algorithm.id, internal.id), secret
    refused(400, lambda: secrets.create_algorithm_secret(algorithm.id, create))
    edited = secrets.edit_algorithm_secret(algorithm.id, secret.id, api.AlgorithmSecretEditRequest(short_name="m", description="e", secret_key="API_TOKEN", secret_value="second"))
    assert edited.short_name == "m" and edited.default_secret_value_id != secret.default_secret_value_id, edited
    kept = secrets.edit_algorithm_secret(algorithm.id, secret.id, api.AlgorithmSecretEditRequest(short_name="k", description="e", secret_key="API_TOKEN"))
    assert kept.default_secret_value_id == edited.default_secret_value_id, kept
    assert [each.id for each in secrets.get_algorithm_secrets(algorithm.id).results] == [secret.id]
    second = secrets.create_algorithm_secret(algorithm.id, api.AlgorithmSecretCreateRequest(short_name="n", description="", owner_type="algorithm", owner_id=algorithm.id, secret_key="KEPT", secret_value="kept", provider_id=internal.id))
    secrets.delete_algorithm_secret(algorithm.id, secret.id)
    refused(404, lambda: secrets.delete_algorithm_secret(algorithm.id, secret.id))
    users.delete_user("generated")
    refused(404, lambda: users.get_user("generated"))
    print("secret " + second.id)
