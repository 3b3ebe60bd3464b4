"""Does the same steps as the other drivers, and writes one line of JSON for each."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

from token_client import TokenClient

endpoint, secret_file = sys.argv[1:]


def read_credentials():
    with open(secret_file, encoding="utf-8") as file:
        return json.load(file)


def tell(tokens):
    print(json.dumps(tokens), flush=True)


client = TokenClient(endpoint, read_credentials)
with ThreadPoolExecutor(20) as pool:
    asked = [pool.submit(client.get, ["orders/read"], {"tenant": "t-1"}) for _ in range(20)]
    tell(sorted({one.result() for one in asked}))
tell([client.get(["orders/read"], {"tenant": "t-2"})])
sys.stdin.readline()
tell([client.get(["orders/read"], {"tenant": "t-3"})])
tell([client.get(["orders/read"], {"tenant": "t-1"})])
try:
    tell([client.get(["orders/read"], {"tenant": "other"})])
except ValueError as error:
    tell(["refused", str(error)])
