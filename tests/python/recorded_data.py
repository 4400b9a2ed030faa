"""Reads tests/data: facts recorded from PyTorch 2.13, one gzipped JSON file each."""

import gzip
import json
import pathlib

DATA = pathlib.Path(__file__).parents[1] / "data"


def read(name):
    with gzip.open(DATA / f"{name}.json.gz", "rt", encoding="utf-8") as file:
        return json.load(file)
