"""An algorithm that needs a password: it signs in to the reports service and prints today's figure.

It knows nothing of Secret Store. The password is in its environment, where any program looks for one:

    secret-store run OWNER/NAME -- python3 algorithm.py http://127.0.0.1:8080

Exit codes: 0 it worked, 2 the service refused the password, 3 REPORTS_PASSWORD is not set, 4 the service is away.
"""

import json
import os
import sys
import urllib.error
import urllib.request


def call(url, body=None, token=None):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = "Bearer " + token
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=10) as answer:
        return json.load(answer)


def main(service):
    password = os.environ.get("REPORTS_PASSWORD")
    if password is None:
        print("REPORTS_PASSWORD is not set: store a secret of this name for the algorithm.", file=sys.stderr)
        return 3
    try:
        token = call(service + "/login", {"username": "reporter", "password": password})["token"]
        print("Today's figure:", call(service + "/report", token=token)["figure"])
        return 0
    except urllib.error.HTTPError as refusal:
        print("The reports service refused the password (%d)." % refusal.code, file=sys.stderr)
        return 2
    except urllib.error.URLError as trouble:
        print("The reports service is away: %s" % trouble.reason, file=sys.stderr)
        return 4


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: algorithm.py SERVICE_ADDRESS")
    sys.exit(main(sys.argv[1]))
