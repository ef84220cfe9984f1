"""The original's client (PyPI algorithmia 2.0.5), unmodified, against this server: what an administrator's script does."""
import os

import Algorithmia
from Algorithmia.errors import AlgorithmException

url = os.environ["SECRET_STORE_URL"]
admin = Algorithmia.client(os.environ["ADMIN_KEY"], url)
user = Algorithmia.client(os.environ["USER_KEY"], url)
bearer = Algorithmia.client(None, url)
bearer.apiKey, bearer.bearerToken = None, os.environ["USER_KEY"]


def refused(call, words):
    try:
        call()
    except AlgorithmException as error:
        assert words in str(error), str(error)
    else:
        raise AssertionError("was not refused")


# Users, as the client's own tests make them
created = admin.create_user({"username": "pythonuser", "email": "python@example.com", "passwordHash": "", "shouldCreateHello": False})
assert created["username"] == "pythonuser" and created["resource_type"] == "user", created
# For a refused POST the client tests a Response for "in", which says no more than that it failed.
try:
    admin.create_user({"username": "pythonuser", "email": "other@example.com", "passwordHash": "", "shouldCreateHello": False})
except Exception as error:
    assert "409" in str(error), error
else:
    raise AssertionError("a taken name was not refused")

# Organizations
types = admin.get_org_types()
assert [each["name"] for each in types] == ["basic", "legacy", "pro"], types
organization = {"org_name": "pythonorg", "org_label": "Python", "org_contact_name": "Some owner", "org_email": "org@example.com",
                "org_url": "https://example.com", "type_id": "basic", "resource_type": "organization"}
made = admin.create_org(dict(organization))
assert made["org_name"] == "pythonorg" and made["type_id"] in [each["id"] for each in types], made
edited = dict(made, org_label="Edited", type_id="pro")
answer = admin.edit_org("pythonorg", edited)
assert answer.status_code == 204, answer
assert admin.get_org("pythonorg")["org_label"] == "Edited"
assert admin.get_org("pythonorg")["type_id"] == "pro"
assert admin.invite_to_org("pythonorg", "pythonuser").status_code == 201
assert admin.invite_to_org("pythonorg", "pythonuser").status_code == 200
assert "error" in admin.get_org("no_such_org")

# Algorithms
details = {"summary": "Example Summary", "label": "QA", "tagline": "Example Tagline"}
settings = {"source_visibility": "closed", "package_set": "python37", "license": "apl", "network_access": "full", "pipeline_enabled": True}
algorithm = user.algo("ana/fromPython")
assert not algorithm.exists()
hashed = algorithm.create(details=details, settings=settings, version_info={"release_notes": "", "sample_input": "payload"}, source={"scm": {"id": "internal"}})
assert hashed["name"] == "fromPython" and hashed["details"]["label"] == "QA", hashed
assert algorithm.exists()
assert algorithm.get_algorithm_id() == hashed["id"]
assert bearer.algo("ana/fromPython").get_algorithm_id() == hashed["id"]
refused(lambda: user.algo("ana/nothing").get_algorithm_id(), "No such algorithm")

# Secrets
providers = user.get_secret_providers()
assert providers[0]["isDefault"] and providers[0]["name"] == "algorithmia_internal_secret_provider", providers
assert algorithm.get_secrets() == {"secrets": [], "results": []}
secret = algorithm.set_secret("Database", "DB_PASSWORD", "hunter2 ünïcode\n", "from Python")
assert secret["secret_key"] == "DB_PASSWORD" and "secret_value" not in secret, secret
blank = algorithm.set_secret("Blank", "BLANK", "x")
assert blank["description"] == "", blank
listed = algorithm.get_secrets()["secrets"]
assert [each["secret_key"] for each in listed] == ["BLANK", "DB_PASSWORD"], listed

# DELETE is recognised by the reason phrase
assert user.deleteHelper("/v1/algorithms/ana/fromPython").status_code == 204
assert "error" in user.deleteHelper("/v1/algorithms/ana/fromPython")
print("secret " + secret["id"])
