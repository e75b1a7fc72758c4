"""Small repositories of a training and a serving side, made of texts that hold only what differs from pair to pair.

`== title -> difference` begins a pair, without a difference where both sides compute the same. `-- file NAME` holds a
file as it is, `-- train` the lines that compute a feature in a training script, `-- serve KIND FORM` those in a
service: KIND says where its values come from, FORM how they are handed to the model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TIMES = {"ts", "when", "end_ts", "start_ts", "born"}
TEXTS = {"domain", "title", "plan", "country", "shop"}
Section = tuple[list[str], str]

TRAIN = """import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor
{imports}

FEATURES = {features}


def main():
    df = pd.read_parquet("data/events.parquet")
{body}
    model = GradientBoostingRegressor(random_state=0)
    model.fit(df[FEATURES], df["target"])
    joblib.dump(model, "model.joblib")


if __name__ == "__main__":
    main()
"""
HEAD = """import math
from datetime import datetime, timedelta, timezone
from typing import Optional
from zoneinfo import ZoneInfo

import joblib
import numpy as np
import pandas as pd
{imports}
"""
FASTAPI = """from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()
model = joblib.load("model.joblib")


class Request(BaseModel):
{fields}


@app.post("/predict")
def predict(req: Request):
{body}
    return {{"prediction": float(prediction[0])}}
"""
FLASK = """from flask import Flask, jsonify, request
from sqlalchemy import create_engine

app = Flask(__name__)
engine = create_engine("postgresql://db/app")
model = joblib.load("model.joblib")


@app.route("/predict", methods=["POST"])
def predict():
{body}
    return jsonify({{"prediction": float(prediction[0])}})
"""
BEGINS = {
    "flask": "payload = request.get_json()",
    "form": "payload = request.form",
    "hist": 'payload = request.get_json()\nhist = pd.read_sql("SELECT * FROM history WHERE user_id = %s ORDER BY ts", '
    'engine, params=[payload["user_id"]])',
    "desc": 'payload = request.get_json()\nhist = pd.read_sql("SELECT ts, amount FROM history WHERE user_id = %s '
    'ORDER BY ts DESC", engine, params=[payload["user_id"]])',
}


@dataclass(frozen=True)
class Pair:
    title: str
    differences: tuple[str, ...]
    sections: tuple[Section, ...]

    def files(self) -> Iterator[tuple[str, str]]:
        features: list[str] = []
        for words, body in self.sections:
            if words[0] == "file":
                yield words[1], body + "\n"
            elif words[0] == "train":
                features = words[1:] or _stored(body)[-1:]
                yield "train.py", _train(features, body)
            else:
                yield "serve.py", _serve(words[1], words[2], body, features)

    def write(self, folder: Path) -> None:
        for name, text in self.files():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def pairs(path: Path) -> Iterator[Pair]:
    for block in re.split(r"^== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        head, *parts = re.split(r"^-- ", block, flags=re.MULTILINE)
        title, _, differences = head.strip().partition(" -> ")
        sections = [(first.split(), body.rstrip("\n")) for first, _, body in (part.partition("\n") for part in parts)]
        yield Pair(title, tuple(filter(None, differences.split("; "))), tuple(sections))


def _stored(body: str) -> list[str]:
    if "assign(total" in body:
        return ["total"]
    return re.findall(r'^df\["(\w+)"\] =', body, re.MULTILINE) or ["user_avg"]


def _apart(body: str) -> tuple[str, str]:
    lines = body.split("\n")
    imports = [line for line in lines if line.startswith("from ")]
    return "\n".join(imports), "\n".join(line for line in lines if not line.startswith("from "))


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else line for line in text.split("\n"))


def _train(features: list[str], body: str) -> str:
    imports, rest = _apart(body)
    return TRAIN.format(imports=imports, features=json.dumps([*features, "extra"]), body=_indented(rest))


def _serve(kind: str, form: str, body: str, features: list[str]) -> str:
    imports, rest = _apart(body)
    typed = kind.startswith("fastapi")
    extra = "req.extra" if typed else 'payload["extra"]'
    rest = _asked(form, rest, features, extra)
    head = HEAD.format(imports=imports)
    if typed:
        return head + FASTAPI.format(fields=_fields(kind, rest), body=_indented(rest))
    return head + FLASK.format(body=_indented(f"{BEGINS[kind]}\n{rest}"))


def _asked(form: str, body: str, features: list[str], extra: str) -> str:
    """What the model is given: a list, a record, a table, or what the lines do themselves."""
    if form == "list":
        return f"{body}\nprediction = model.predict([[{', '.join(features)}, {extra}]])"
    if form == "frame":
        return f'{body}\nf["extra"] = {extra}\nprediction = model.predict(pd.DataFrame([f]))'
    if form == "table":
        asked = json.dumps([*features, "extra"])
        return f'row = pd.DataFrame(payload["rows"])\n{body}\nprediction = model.predict(row[{asked}])'
    return body.replace("]])", f", {extra}]])").replace("]).resh", f", {extra}]).resh")


def _fields(kind: str, body: str) -> str:
    lines = []
    for field in dict.fromkeys(re.findall(r"req\.(\w+)", body)):
        kind_of = "datetime" if field in TIMES else "str" if field in TEXTS else "float"
        if re.search(rf"req\.{field}\[", body):
            kind_of = f"list[{kind_of}]"
        optional = kind == "fastapiopt" and field != "extra"
        lines.append(f"    {field}: Optional[{kind_of}] = None" if optional else f"    {field}: {kind_of}")
    return "\n".join(lines)
