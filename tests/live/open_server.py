"""Settings of a server that is open to other computers, and credentials of a client."""

from mien.live.settings import Settings

TOKEN = "a-token-of-some-length"
NAME = "mien.example.org"
OPEN = Settings(host="0.0.0.0", allow_host=(NAME,), token=TOKEN)
BEARER = {"Authorization": f"Bearer {TOKEN}"}
