"""Keeps the access tokens of one app client. Standard library only; one object for each process."""

import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request


class TokenClient:
    def __init__(self, token_endpoint, read_credentials):
        self.token_endpoint = token_endpoint
        self.read_credentials = read_credentials
        self.credentials = None
        self.tokens = {}
        self.locks = {}
        self.lock = threading.Lock()

    def get(self, scopes=(), metadata=None):
        # Metadata is part of the key: a tenant never receives the token of another one.
        key = (tuple(sorted(set(scopes))), json.dumps(metadata or {}, sort_keys=True))
        with self.lock:
            lock = self.locks.setdefault(key, threading.Lock())
        with lock:  # One request at a time for each key.
            known = self.tokens.get(key)
            now = time.monotonic()
            if known and now < known["renew_at"]:
                return known["access_token"]
            try:
                token = self.request(scopes, metadata)
            except (OSError, TimeoutError):
                # The old token serves while the endpoint is down. A refusal is a ValueError.
                if known and now < known["expires_at"]:
                    return known["access_token"]
                raise
            self.tokens[key] = {
                "access_token": token["access_token"],
                "renew_at": now + token["expires_in"] * 0.75,
                "expires_at": now + token["expires_in"] - 5,
            }
            return token["access_token"]

    def request(self, scopes, metadata, is_second=False):
        credentials = self.credentials or self.read_credentials()
        self.credentials = credentials
        form = {"grant_type": "client_credentials", **credentials}
        if scopes:
            form["scope"] = " ".join(scopes)
        if metadata:
            form["aws_client_metadata"] = json.dumps(metadata)
        body = urllib.parse.urlencode(form).encode()
        try:
            with urllib.request.urlopen(self.token_endpoint, body, timeout=10) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            if error.code >= 500 or error.code == 429:
                raise
            refusal = json.load(error)
            # The secret was rotated: it is read again, once.
            if refusal.get("error") == "invalid_client" and not is_second:
                self.credentials = None
                return self.request(scopes, metadata, is_second=True)
            raise ValueError(refusal.get("error")) from None
