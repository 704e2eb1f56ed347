"""Prints vectors.json, the envelopes of vectors.rs: Python's `cryptography` seals them with fixed times and initialisation vectors.

    python3 -B make_vectors.py > vectors.json
"""

import base64
import json
import sys

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from original import fernet_of

NOW = 1_790_000_000
FIRST = base64.urlsafe_b64encode(bytes(range(1, 33))).decode()
SECOND = base64.urlsafe_b64encode(bytes(range(101, 133))).decode()
DATA = {"app_token": "sk-an-app-token", "token_id": 42, "proconnect_token": "eyJ.an-id-token.sig", "timestamp": NOW}


def token(fernet: Fernet, data: bytes, time: int) -> bytes:
    return fernet._encrypt_from_parts(data, time, b"sixteen bytes iv")


def sealed(data: object, key: str = FIRST, time: int = NOW) -> str:
    return base64.urlsafe_b64encode(token(fernet_of(key), json.dumps(data).encode(), time)).decode()


def opens(name: str, data: dict, keys: tuple = (FIRST,), sealed_by: str | None = None, time: int = NOW) -> dict:
    expected = {
        "app_token": data["app_token"],
        "token_id": int(data["token_id"]),
        "proconnect_token": data["proconnect_token"],
        "binding": data.get("binding"),
    }
    return {"name": name, "keys": keys, "text": sealed(data, sealed_by or keys[0], time), "opens": expected}


def refused(name: str, text: str, error: str, keys: tuple = (FIRST,)) -> dict:
    return {"name": name, "keys": keys, "text": text, "refused": error}


def without(field: str) -> dict:
    return {name: value for name, value in DATA.items() if name != field}


def tampered(text: str, place: int) -> str:
    inner = bytearray(base64.urlsafe_b64decode(base64.urlsafe_b64decode(text)))
    inner[place] ^= 1
    return base64.urlsafe_b64encode(base64.urlsafe_b64encode(inner)).decode()


def envelopes() -> list:
    good = sealed(DATA)
    accents = {**DATA, "app_token": "é à ç 中文 🇫🇷 \"quoted\" \\ \n\t\x00", "proconnect_token": "Zoë\u2028Ÿ"}
    padded = sealed({**DATA, "app_token": "sk-two-blocks-more-so-that-it-ends-in-padding"})
    assert padded.endswith("=")
    return [
        opens("the original's own", DATA),
        opens("an id as text", {**DATA, "token_id": "42"}),
        opens("a large id", {**DATA, "token_id": 2**63 - 1}),
        opens("a negative id as text", {**DATA, "token_id": "-9223372036854775808"}),
        opens("with a binding", {**DATA, "binding": "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"}),
        opens("a binding of null", {**DATA, "binding": None}),
        opens("text beyond ASCII", accents),
        opens("empty texts", {**DATA, "app_token": "", "proconnect_token": ""}),
        opens("unknown fields", {**DATA, "expires": None, "user": {"id": 1, "roles": ["a", 2.5]}}),
        opens("an ID token of 8 kilobytes", {**DATA, "proconnect_token": "eyJ" * 2_730}),
        opens("the placeholder as key", DATA, keys=("changeme",)),
        opens("another key", DATA, keys=(SECOND,)),
        opens("an old key of the list", DATA, keys=(SECOND, FIRST), sealed_by=FIRST),
        opens("300 seconds old", DATA, time=NOW - 300),
        opens("60 seconds ahead", DATA, time=NOW + 60),
        refused("301 seconds old", sealed(DATA, time=NOW - 301), "expired"),
        refused("of 1970", sealed(DATA, time=0), "expired"),
        refused("61 seconds ahead", sealed(DATA, time=NOW + 61), "not yet valid"),
        refused("of the end of time", sealed(DATA, time=2**64 - 1), "not yet valid"),
        refused("sealed with another key", good, "wrong key or tampered", keys=(SECOND,)),
        refused("another time", tampered(good, 8), "wrong key or tampered"),
        refused("another initialisation vector", tampered(good, 9), "wrong key or tampered"),
        refused("another ciphertext", tampered(good, 25), "wrong key or tampered"),
        refused("another signature", tampered(good, -1), "wrong key or tampered"),
        refused("another version", tampered(good, 0), "malformed"),
        refused("base64 once", base64.urlsafe_b64decode(good).decode(), "malformed"),
        refused("base64 three times", base64.urlsafe_b64encode(good.encode()).decode(), "malformed"),
        refused("without padding", padded.rstrip("="), "malformed"),
        refused("cut short", good[:64], "malformed"),
        refused("nothing", "", "malformed"),
        *(refused(f"without {field}", sealed(without(field)), "malformed") for field in DATA),
        refused("an id of words", sealed({**DATA, "token_id": "forty-two"}), "malformed"),
        refused("an id too large", sealed({**DATA, "token_id": 2**63}), "malformed"),
        refused("half a character", sealed({**DATA, "app_token": "\ud800"}), "malformed"),
        refused("a list", sealed([]), "malformed"),
    ]


def cookie(purpose: str, plaintext: str) -> dict:
    label = b"passerelle cookie: " + purpose.encode()
    derived = HKDF(SHA256(), 32, None, label).derive(base64.urlsafe_b64decode(FIRST))
    text = token(Fernet(base64.urlsafe_b64encode(derived)), plaintext.encode(), NOW).decode()
    return {"key": FIRST, "purpose": purpose, "text": text, "plaintext": plaintext}


def main() -> None:
    vectors = {
        "now": NOW,
        "ttl": 300,
        "envelopes": envelopes(),
        "cookies": [cookie("session", "a session"), cookie("login", ""), cookie("déjà", "vu 🇫🇷")],
    }
    json.dump(vectors, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
