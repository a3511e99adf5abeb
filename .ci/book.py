"""Builds the book with mdBook, and checks that what its pages link to within the book is there."""

import pathlib
import subprocess
import sys
import urllib.parse
from html.parser import HTMLParser

mdbook, book, out = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]).resolve()
run = subprocess.run([mdbook, "build", book, "--dest-dir", out], capture_output=True, text=True, check=False)
print(run.stdout + run.stderr, end="")
if run.returncode or any(word in run.stdout + run.stderr for word in ("WARN", "ERROR")):
    sys.exit("mdBook warns or fails")


class Page(HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.links, self.ids = [], set()
        self.feed(path.read_text())

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids.add(attributes.get("id"))
        self.links += [attributes[key] for key in ("href", "src") if attributes.get(key)]


# The page for printing has all others in it, with anchors of its own.
pages = {path: Page(path) for path in out.rglob("*.html") if path.name not in ("print.html", "404.html", "toc.html")}
broken = []
for path, page in pages.items():
    for link in page.links:
        to = urllib.parse.urlsplit(link)
        if to.scheme or to.netloc:
            continue
        target = (path.parent / urllib.parse.unquote(to.path)).resolve() if to.path else path
        if not target.is_file():
            broken.append(f"{path.relative_to(out)}: {link} is not there")
        elif to.fragment and target in pages and urllib.parse.unquote(to.fragment) not in pages[target].ids:
            broken.append(f"{path.relative_to(out)}: {link} has no such heading")
print(f"{len(pages)} pages, {sum(len(page.links) for page in pages.values())} links")
if broken or len(pages) < 10:
    sys.exit("\n".join(broken) or "there are hardly any pages")
