"""The redirect envelope as the Python original makes and opens it.

    python3 original.py seal < '{"key": …, "data": {…}}'         prints the envelope
    python3 original.py open < '{"key": …, "text": …, "ttl": …}'  prints the JSON it holds, or `refused`
    python3 original.py key                                       prints a key of Fernet's own making
"""

import base64
import hashlib
import json
import sys
import time

from cryptography.fernet import Fernet, InvalidToken


def fernet_of(key: str) -> Fernet:
    if key == "changeme":
        return Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()))
    return Fernet(key.encode())


def seal(fernet: Fernet, app_token: str, token_id: object, proconnect_token: str, **more: object) -> str:
    data = {
        "app_token": app_token,
        "token_id": token_id,
        "proconnect_token": proconnect_token,
        "timestamp": int(time.time()),
        **more,
    }
    return base64.urlsafe_b64encode(fernet.encrypt(json.dumps(data).encode())).decode()


def opened(fernet: Fernet, text: str, ttl: int) -> dict:
    return json.loads(fernet.decrypt(base64.urlsafe_b64decode(text.encode()), ttl=ttl).decode())


def main() -> None:
    action = sys.argv[1]
    if action == "key":
        print(Fernet.generate_key().decode())
        return
    asked = json.load(sys.stdin)
    fernet = fernet_of(asked["key"])
    if action == "seal":
        print(seal(fernet, **asked["data"]))
    elif action == "open":
        try:
            print(json.dumps(opened(fernet, asked["text"], asked["ttl"])))
        except InvalidToken:
            print("refused")


if __name__ == "__main__":
    main()
