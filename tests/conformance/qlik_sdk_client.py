"""Qlik's Python client reads the current user and every item.

Usage: python qlik_sdk_client.py ORIGIN < key
"""

import json
import sys

from qlik_sdk import AuthType, Config, Qlik
from qlik_sdk.rest import AuthenticationException

key = sys.stdin.read().strip()
qlik = Qlik(config=Config(host=sys.argv[1], auth_type=AuthType.APIKey, api_key=key))
try:
    user = qlik.users.get_me()
    first = qlik.items.get_items(limit=10)
    items = [item.name for item in first.pagination]
    print(json.dumps({"user": user.name, "email": user.email, "items": items}))
except AuthenticationException:
    # The client's word for 401, and for nothing else.
    print(json.dumps({"refused": 401}))
