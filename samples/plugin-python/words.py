#!/usr/bin/env python3
"""Counts lines, words and characters of texts, and reads the header of CSV files.

One request per line comes in on the standard input, one answer per line goes out on the standard output.
Everything else goes to the standard error.
"""

import csv
import json
import sys
from collections import Counter

ENCODING = "utf-8"


def execute(request):
    """The records and contributions for one content."""
    most_common = request["configuration"].get("most_common", 5)
    lines, characters, words = 0, 0, Counter()
    with open(request["content_path"], encoding=ENCODING, newline="") as content:
        for line in content:
            lines += 1
            characters += len(line)
            words.update(word.strip(".,;:!?\"'()").lower() for word in line.split())

    record = {
        "media_type": request["media_type"],
        "lines": lines,
        "words": sum(words.values()),
        "characters": characters,
        "most_common": [word for word, _ in sorted(words.items(), key=lambda pair: (-pair[1], pair[0]))[:most_common]],
    }
    if request["media_type"] == "text/csv":
        record["columns"] = header(request["content_path"])

    text = {"media_type": request["media_type"], "lines": lines, "words": record["words"]}
    return {"records": [{"json": record}], "contributions": [{"aggregate": "texts", "json": text}]}


def header(path):
    """The names of the columns: the first row."""
    with open(path, encoding=ENCODING, newline="") as content:
        return next(csv.reader(content), [])


def main():
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = execute(request)
        except UnicodeDecodeError as error:
            message = f"The text is not UTF-8: {error.reason} at byte {error.start}."
            answer = {"error": {"message": message, "retry": False}}
        answer["id"] = request["id"]
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
