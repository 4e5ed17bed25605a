"""A stand-in for the Hub: a real HTTP server that answers what `datasets` asks for one small data set."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


@contextmanager
def hub_of(folder: Path, dataset: str, commit: str) -> Iterator[tuple[str, list[str]]]:
    """Serve `folder` as the Hub's data set `dataset` at `commit`.

    Yields:
        The address of the server, and the list of requests it has answered so far.
    """
    asked: list[str] = []
    files = {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0)) if self.command != "POST" else None
            url = urlsplit(self.path)
            path = unquote(url.path)
            asked.append(f"{self.command} {path}")
            api, raw = f"/api/datasets/{dataset}", f"/datasets/{dataset}/resolve/{commit}/"
            if path in (api, f"{api}/revision/main", f"{api}/revision/{commit}"):
                info = {"id": dataset, "sha": commit, "siblings": [{"rfilename": f} for f in files], "tags": []}
                self.reply(200, json.dumps(info).encode(), Content_Type="application/json")
            elif path.startswith(f"{api}/revision/"):
                self.reply(404, X_Error_Code="RevisionNotFound")
            elif path.startswith(f"{api}/tree/{commit}"):
                self.reply(200, json.dumps(self.tree(path, url.query)).encode(), Content_Type="application/json")
            elif path == f"{api}/paths-info/{commit}":
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                wanted = json.loads(body)["paths"] if body.startswith("{") else parse_qs(body)["paths"]
                found = [self.entry(f) for f in wanted if f in files] + [
                    self.folder(f) for f in wanted if self.is_folder(f)
                ]
                self.reply(200, json.dumps(found).encode(), Content_Type="application/json")
            elif path.startswith(raw) and path[len(raw) :] in files:
                data = files[path[len(raw) :]]
                self.reply(200, data, ETag=f'"{hashlib.sha1(data).hexdigest()}"', X_Repo_Commit=commit)
            elif path.startswith(raw):
                self.reply(404, X_Error_Code="EntryNotFound")
            else:
                self.reply(404, X_Error_Code="RepoNotFound")

        def tree(self, path: str, query: str) -> list[dict[str, Any]]:
            under = path.partition(commit)[2].strip("/")
            inside = [f for f in files if not under or f.startswith(under + "/")]
            if "recursive=true" in query.lower():
                return [self.entry(f) for f in inside]
            cut = len(under) + 1 if under else 0
            folders = sorted({f[:cut] + f[cut:].split("/")[0] for f in inside if "/" in f[cut:]})
            return [self.folder(f) for f in folders] + [self.entry(f) for f in inside if "/" not in f[cut:]]

        def is_folder(self, path: str) -> bool:
            return any(f.startswith(path + "/") for f in files)

        def folder(self, path: str) -> dict[str, Any]:
            return {"type": "directory", "path": path, "oid": hashlib.sha1(path.encode()).hexdigest(), "size": 0}

        def entry(self, path: str) -> dict[str, Any]:
            return {
                "type": "file",
                "path": path,
                "oid": hashlib.sha1(files[path]).hexdigest(),
                "size": len(files[path]),
            }

        do_GET = do_HEAD = do_POST = answer

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
