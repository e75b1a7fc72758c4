"""Endpoints and notebooks."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf, notebook

MODEL = "import joblib\nimport numpy as np\nimport pandas as pd\nmodel = joblib.load('m.pkl')\n"
FASTAPI = "from fastapi import APIRouter, FastAPI\nfrom pydantic import BaseModel\napp = FastAPI()\n"
BODY = "class Order(BaseModel):\n    km: float\n    city: str\n    note: str = ''\n"
FLASK = "from flask import Flask, jsonify, request\napp = Flask(__name__)\n"


@pytest.mark.parametrize(
    "use",
    [
        "model.predict([[order.km, order.city]])",
        "model.predict(np.array([[order.km, order.city]]))",
        "model.predict(pd.DataFrame([{'km': order.km, 'city': order.city}]))",
        "model.predict(pd.DataFrame([order.dict()])[['km', 'city']])",
        "model.predict(pd.DataFrame([order.model_dump()])[['km', 'city']])",
    ],
)
def test_a_typed_body_of_fastapi_has_its_columns(use: str, graph_of: GraphOf) -> None:
    route = f"@app.post('/predict')\ndef predict(order: Order):\n    p = {use}\n    return {{'minutes': float(p[0])}}\n"
    seen = graph_of(MODEL + FASTAPI + BODY + route)
    request = next(node for node in seen.graph.of_kind("dataset") if "(request)" in node.name)
    assert {column.name for column in request.columns if column.used} == {"km", "city"}
    assert "note" in {column.name for column in request.columns}
    assert seen.flows(request.name, "http::POST /predict")


@pytest.mark.parametrize(
    "read",
    [
        "body = request.get_json()\n    p = model.predict([[body['km'], body['city']]])",
        "body = request.json\n    p = model.predict([[body['km'], body.get('city')]])",
        "p = model.predict(pd.DataFrame([request.get_json()])[['km', 'city']])",
        "p = model.predict([[request.form['km'], request.form.get('city')]])",
        "p = model.predict([[request.args.get('km'), request.args['city']]])",
    ],
)
def test_a_request_of_flask_has_the_keys_that_are_asked_for(read: str, graph_of: GraphOf) -> None:
    route = f"@app.route('/predict', methods=['POST'])\ndef predict():\n    {read}\n    return jsonify(minutes=p[0])\n"
    seen = graph_of(MODEL + FLASK + route)
    request = next(node for node in seen.graph.of_kind("dataset") if "(request)" in node.name)
    assert {column.name for column in request.columns if column.used} == {"km", "city"}
    assert seen.flows(request.name, "http::POST /predict")


def test_a_router_has_a_prefix(graph_of: GraphOf) -> None:
    program = FASTAPI + "router = APIRouter(prefix='/v1')\n@router.get('/eta/{order_id}')\ndef eta(order_id: int):\n"
    program += "    return {'p': model.predict([[order_id]])[0]}\napp.include_router(router)\n"
    assert "http::GET /v1/eta/{order_id}" in {node.name for node in graph_of(MODEL + program).graph.of_kind("dataset")}


def test_an_endpoint_is_production_and_serves(graph_of: GraphOf) -> None:
    program = MODEL + FASTAPI + BODY + "@app.post('/predict')\nasync def predict(order: Order):\n"
    program += "    return {'p': model.predict([[order.km]])[0]}\n"
    unit = graph_of({"app.py": program}).graph.units["app.py"]
    assert unit.production
    assert "serve" in unit.roles


def test_a_notebook_is_read_cell_by_cell(graph_of: GraphOf) -> None:
    cells = notebook("%%markdown # Orders", "import pandas as pd", "%matplotlib inline\n\ndf = pd.read_csv('a.csv')",
                     "!ls data", "df.to_csv('b.csv')")  # fmt: skip
    seen = graph_of({"look.ipynb": cells})
    assert seen.sites("a.csv") == ["look.ipynb#2:3"]
    assert seen.sites("b.csv") == ["look.ipynb#4:1"]
    assert seen.graph.units["look.ipynb"].kind == "notebook"


def test_a_notebook_imports_modules_beside_it(graph_of: GraphOf) -> None:
    seen = graph_of({
        "notebooks/look.ipynb": notebook("from helper import load", "load('a.csv').to_csv('b.csv')"),
        "notebooks/helper.py": "import pandas as pd\ndef load(path):\n    return pd.read_csv(path)\n",
    })  # fmt: skip
    assert {name.rpartition("/")[2] for name in seen.reads()} == {"a.csv"}
    assert {name.rpartition("/")[2] for name in seen.writes()} == {"b.csv"}


def test_a_notebook_runs_another(graph_of: GraphOf) -> None:
    seen = graph_of({
        "first.ipynb": notebook("import pandas as pd\nPATH = 'a.csv'"),
        "second.ipynb": notebook("%run first.ipynb", "pd.read_csv(PATH)"),
    })  # fmt: skip
    assert seen.reads("second.ipynb") == {"a.csv"}


def test_async_code_is_code(graph_of: GraphOf) -> None:
    program = """
        import asyncio
        import pandas as pd
        async def load(path):
            return pd.read_csv(path)
        async def main():
            frame = await load("a.csv")
            frame.to_csv("b.csv")
        asyncio.run(main())
    """
    assert graph_of(program).flows("a.csv", "b.csv")


def test_endpoints_that_share_the_name_of_their_function_are_all_seen(graph_of: GraphOf) -> None:
    routes = "".join(
        f"@app.get('/{name}')\ndef values():\n    return pd.read_csv('{name}.csv').to_dict()\n" for name in "abc"
    )
    seen = graph_of(MODEL + FASTAPI + routes)
    assert {"a.csv", "b.csv", "c.csv"} <= seen.reads()
    assert seen.flows("b.csv", "http::GET /b")


def test_a_cell_in_sql_reads_and_writes_tables(graph_of: GraphOf) -> None:
    cells = (
        "x = 1",
        "%%sql\nCREATE TABLE shop.daily AS\nSELECT day, price FROM shop.orders",
        "%sql SELECT * FROM shop.days",
    )
    seen = graph_of({"a.ipynb": notebook(*cells)})
    assert (seen.reads(), seen.writes()) == ({"shop.orders", "shop.days"}, {"shop.daily"})
    assert seen.sites("shop.days") == ["a.ipynb#2:1"]


def test_settings_that_an_application_holds_name_its_files(graph_of: GraphOf) -> None:
    seen = graph_of(
        """
        import os
        import pandas as pd
        from flask import Flask, request

        app = Flask(__name__)
        app.config["UPLOADS"] = "uploads"
        app.config.update(SCORES="scores.csv")

        @app.route("/upload", methods=["POST"])
        def upload():
            path = os.path.join(app.config["UPLOADS"], request.files["file"].filename)
            pd.read_csv(path).to_csv(app.config.get("SCORES"))
        """
    )
    assert any(name.startswith("uploads/{") for name in seen.reads())
    assert "scores.csv" in seen.writes()
    assert not seen.gaps()


VIEWS = {
    "a view": "def score(request):\n    return model.predict([[float(request.POST['km'])]])\n",
    "a view that guards": """
def score(request):
    km = request.get_json()["km"]
    if not isinstance(km, list):
        return "no"
    return model.predict(km)
""",
    "a view as a class": """
from rest_framework.views import APIView
class Score(APIView):
    def post(self, request):
        return model.predict([[request.data["km"]]])
""",
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_a_view_takes_data_out_of_the_request_that_it_is_handed(view: str, graph_of: GraphOf) -> None:
    seen = graph_of(MODEL + view)
    names = {node.name for node in seen.graph.of_kind("dataset")}
    (asked,) = (name for name in names if name.endswith("(request)"))
    assert asked.lower() == "http::post /score (request)"
    assert seen.flows(asked, asked.removesuffix(" (request)"))


def test_a_parameter_that_is_only_called_request_is_no_endpoint(graph_of: GraphOf) -> None:
    seen = graph_of(MODEL + "def send(request):\n    return request.send(model)\n")
    assert list(seen.graph.of_kind("dataset")) == []


LIFESPAN = """
from contextlib import asynccontextmanager
net = None
@asynccontextmanager
async def lifespan(app):
    global net
    net = joblib.load("net.pkl")
    yield
    net = None
app = FastAPI(lifespan=lifespan)
@app.post("/score")
def score(order: Order):
    if net is None:
        raise ValueError("not loaded")
    return {"late": net.predict([[order.km]])}
"""


def test_what_is_put_away_when_a_service_ends_is_there_while_it_serves(graph_of: GraphOf) -> None:
    assert graph_of(FASTAPI + BODY + MODEL + LIFESPAN).flows("net.pkl", "http::POST /score")


HELD_BY_A_STATE = """
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
@dataclass
class State:
    net: Any = None
    source: str | None = None
state = State()
@asynccontextmanager
async def lifespan(app):
    global state
    state = State(joblib.load("net.pkl"), "net.pkl")
    yield
    state = State()
app = FastAPI(lifespan=lifespan)
@app.post("/score")
def score(order: Order):
    return {"late": state.net.predict([[order.km]])}
"""


def test_a_state_that_is_made_anew_when_a_service_ends_is_there_while_it_serves(graph_of: GraphOf) -> None:
    assert graph_of(FASTAPI + BODY + MODEL + HELD_BY_A_STATE).flows("net.pkl", "http::POST /score")


HELD_BY_A_CLASS = """
from contextlib import asynccontextmanager
class Server:
    def __init__(self):
        self.net = None
    def load(self):
        self.net = joblib.load("net.pkl")
    def unload(self):
        self.net = None
    def predict(self, rows):
        if not self.net:
            return -1
        return self.net.predict(rows)
server = Server()
@asynccontextmanager
async def lifespan(app):
    server.load()
    yield
    server.unload()
app = FastAPI(lifespan=lifespan)
@app.post("/score")
def score(order: Order):
    return {"late": server.predict([[order.km]])}
"""


def test_what_a_method_puts_away_when_a_service_ends_is_there_while_it_serves(graph_of: GraphOf) -> None:
    assert graph_of(FASTAPI + BODY + MODEL + HELD_BY_A_CLASS).flows("net.pkl", "http::POST /score")


LINKS = """
import requests
from bs4 import BeautifulSoup
def page(url):
    return requests.get(url).text
def ads():
    link = BeautifulSoup(requests.get("http://ads.example/list").text).find("a").get("href")
    return [link]
open("ad.html", "w").write(page(ads()[0]))
"""


def test_a_page_that_another_page_leads_to_is_read_wherever_it_lies(graph_of: GraphOf) -> None:
    seen = graph_of(LINKS)
    (asked,) = (edge for edge in seen.graph.edges_of_kind("READS") if edge.source.startswith("gap:"))
    assert {site.line for site in asked.sites} == {4}


HELD = """
from contextlib import asynccontextmanager
from fastapi import Depends
import psycopg2
models = {}
class Orders:
    def of(self, number):
        with psycopg2.connect("dbname=shop").cursor() as cursor:
            cursor.execute("SELECT km FROM orders WHERE id = %s", (number,))
            return cursor.fetchall()
class Predictor:
    def __init__(self, path):
        self.net = joblib.load(path)
    def predict(self, rows):
        return self.net.predict(pd.DataFrame(rows))
@asynccontextmanager
async def lifespan(app):
    try:
        models["net"] = Predictor("net.pkl")
    except Exception:
        models["net"] = None
    yield
    models.clear()
app = FastAPI(lifespan=lifespan)
def get_orders() -> Orders:
    return Orders()
@app.get("/late/{number}")
def late(number: int, orders: Orders = Depends(get_orders)):
    net = models.get("net")
    if net is None:
        raise ValueError("not loaded")
    return net.predict(orders.of(number))
"""


@pytest.mark.parametrize(
    "given", ["orders: Orders = Depends(get_orders)", "orders: Annotated[Orders, Depends(get_orders)]"]
)
def test_what_a_server_makes_for_a_parameter_is_no_request(given: str, graph_of: GraphOf) -> None:
    code = HELD.replace("orders: Orders = Depends(get_orders)", given)
    seen = graph_of(FASTAPI + MODEL + "from typing import Annotated\n" + code)
    assert seen.flows("postgres://orders", "http::GET /late/{number}")
    assert not seen.flows("http::GET /late/{number} (request)", "http::GET /late/{number}")


PAGES = {
    "app.py": """
        import pandas as pd
        import streamlit as st
        if "orders" not in st.session_state:
            st.session_state.orders = None
        if st.button("load"):
            st.session_state.orders = pd.read_csv("orders.csv")
    """,
    "pages/train.py": """
        import joblib
        import streamlit as st
        from sklearn.linear_model import LinearRegression
        orders = st.session_state["orders"]
        if orders is not None:
            joblib.dump(LinearRegression().fit(orders[["km"]], orders["late"]), "net.pkl")
    """,
}


def test_what_a_session_keeps_gets_from_page_to_page(graph_of: GraphOf) -> None:
    seen = graph_of(PAGES)
    assert seen.flows("orders.csv", "net.pkl")
    assert seen.trained() == [("km",)]


def test_a_session_may_be_imported_by_its_name(graph_of: GraphOf) -> None:
    seen = graph_of(
        """
        import pandas as pd
        from flask import Flask, g, session
        app = Flask(__name__)
        @app.route("/load")
        def load():
            session["orders"] = pd.read_csv("orders.csv")
            g.prices = pd.read_csv("prices.csv")
        @app.route("/store")
        def store():
            session["orders"].to_csv("all_orders.csv")
            g.prices.to_csv("all_prices.csv")
        """
    )
    assert seen.flows("orders.csv", "all_orders.csv")
    assert seen.flows("prices.csv", "all_prices.csv")


BENTO = """
import bentoml
runner = bentoml.sklearn.get("churn:latest").to_runner()
svc = bentoml.Service("churn", runners=[runner])
@svc.api(input=None, output=None)
async def classify(data):
    return await runner.async_run(data)
"""


def test_a_route_without_a_path_is_called_like_its_function(graph_of: GraphOf) -> None:
    seen = graph_of(BENTO)
    assert seen.flows("bentoml://churn:latest", "http::POST /classify")
    assert seen.flows("http::POST /classify (request)", "http::POST /classify")


def test_a_reference_to_a_stored_model_is_handed_to_the_loader(graph_of: GraphOf) -> None:
    program = """
        import bentoml
        @bentoml.service
        class Churn:
            stored = bentoml.models.get("churn:latest")
            def __init__(self):
                self.model = bentoml.sklearn.load_model(self.stored)
            @bentoml.api
            def score(self, data):
                return self.model.predict(data)
    """
    seen = graph_of(program)
    assert seen.flows("bentoml://churn:latest", "http::POST /score")
    assert seen.gaps() == set()


SETUP = """\
# Databricks notebook source
SCORES = "scores"
spark.sql("USE CATALOG ml")
"""
NIGHTLY = """\
# Databricks notebook source
# MAGIC %md
# MAGIC ## Scores, with a quote: don't

# COMMAND ----------

# DBTITLE 1,What all share
# MAGIC %run ../setup $project=churn

# COMMAND ----------

users = sql("SELECT user_id, age FROM users")
users.write.saveAsTable(SCORES)

# COMMAND ----------

# MAGIC %sql
# MAGIC SELECT * FROM checked
# MAGIC WHERE age > 18
"""


def test_a_notebook_that_databricks_keeps_as_python(graph_of: GraphOf) -> None:
    seen = graph_of({"setup.py": SETUP, "jobs/nightly.py": NIGHTLY})
    assert seen.reads("jobs/nightly.py") == {"users", "checked"}
    assert [(edge.target, str(edge.sites[0])) for edge in seen.writing("scores")] == [
        ("dataset:scores", "jobs/nightly.py:13")
    ]


def test_what_a_service_loads_at_its_start_or_else_leaves_empty_predicts(graph_of: GraphOf) -> None:
    seen = graph_of(
        """
        import joblib
        import pandas as pd
        from fastapi import FastAPI, Request
        app = FastAPI()
        model = None
        @app.on_event("startup")
        async def startup():
            global model
            try:
                model = joblib.load("model.pkl")
            except OSError:
                model = None
        @app.post("/score")
        async def score(request: Request):
            if model is None:
                return {"error": "no model"}
            return {"score": model.predict(pd.DataFrame([await request.json()])).tolist()}
        """
    )
    assert list(seen.graph.edges_of_kind("PREDICTS"))


def test_the_fields_of_a_message_come_from_it(graph_of: GraphOf) -> None:
    seen = graph_of(
        """
        import json
        from dataclasses import dataclass, field
        import joblib
        import numpy as np
        from confluent_kafka import Consumer

        @dataclass
        class Track:
            number: int
            features: dict
            kept: list = field(default_factory=list)

            @classmethod
            def of(cls, raw):
                return cls(**json.loads(raw))

        consumer = Consumer({})
        consumer.subscribe(["tracks"])
        model = joblib.load("model.joblib")
        while True:
            track = Track.of(consumer.poll(1.0).value())
            score = model.predict(np.array([[track.features[name] for name in ("a", "b")]]))
            open("scores.txt", "a").write(str(score))
        """
    )
    assert seen.flows("kafka://tracks", "scores.txt")


def test_a_push_of_something_unknown_goes_to_no_feature_store(graph_of: GraphOf) -> None:
    assert not graph_of("from elsewhere import client\nclient.api.push('image:v1', stream=True)\n").writes()


def test_an_early_bento_saves_and_runs_a_model(graph_of: GraphOf) -> None:
    code = """
        import bentoml
        import pandas as pd
        from sklearn.linear_model import Ridge
        df = pd.read_csv("in.csv")
        bentoml.sklearn.save(name="prices", model=Ridge().fit(df[["a"]], df["y"]))
    """
    assert graph_of(code).writes() == {"bentoml://prices"}


def test_a_file_that_is_sent_is_stored_by_copying_it(graph_of: GraphOf) -> None:
    seen = graph_of("""
    import shutil
    import pandas as pd
    from fastapi import FastAPI, File, UploadFile

    app = FastAPI()

    @app.post("/rows")
    def rows(file: UploadFile = File(...)):
        with open("uploads/last.csv", "wb") as target:
            shutil.copyfileobj(file.file, target)
        return len(pd.read_csv("uploads/last.csv"))
    """)

    assert seen.flows("http::POST /rows (request)", "uploads/last.csv")
    assert not seen.gaps()


def test_a_model_server_is_asked_and_what_it_says_is_sent_on(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import json
        import aio_pika
        import pandas as pd
        import tritonclient.grpc.aio as server

        exchange = None

        async def start():
            global exchange
            connection = await aio_pika.connect_robust("amqp://queues")
            channel = await connection.channel()
            await channel.declare_queue("scores", durable=True)
            exchange = channel.default_exchange

        async def score():
            rows = pd.read_csv("in.csv")[["a", "b"]].to_numpy()
            async with server.InferenceServerClient(url="models:8001") as client:
                asked = server.InferInput("input", rows.shape, "FP32")
                asked.set_data_from_numpy(rows)
                said = await client.infer(model_name="churn", inputs=[asked])
            message = aio_pika.Message(body=json.dumps(said.as_numpy("output").tolist()).encode())
            await exchange.publish(message, routing_key="scores")

        async def keep():
            connection = await aio_pika.connect_robust("amqp://queues")
            channel = await connection.channel()
            queue = await channel.declare_queue("scores")
            async with queue.iterator() as messages:
                async for message in messages:
                    pd.DataFrame(json.loads(message.body)).to_csv("out.csv")
    """)
    assert seen.reads() == {"in.csv", "triton://churn", "kafka://scores"}
    assert seen.flows("in.csv", "out.csv")
    assert seen.flows("triton://churn", "out.csv")


def test_what_is_sent_with_a_question_may_be_used_by_who_answers(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import pandas as pd
        import requests

        table = pd.read_csv("raw.csv")
        table[["a", "b"]].to_csv("in.csv", index=False)
        rows = pd.read_csv("in.csv")
        for at in range(10):
            values = [value for value in rows.iloc[at].tolist()]
            requests.get("http://scores/predict", json={"data": [values], "names": list(rows.columns)})
    """)
    assert seen.unused("in.csv") == set()


def test_settings_that_an_application_loads_lie_beside_it(graph_of: GraphOf) -> None:
    seen = graph_of({
        "app/server.py": """
            import json
            import pandas as pd
            from flask import Flask
            app = Flask(__name__)
            app.config.from_file("config.json", load=json.load)
            app.config.from_object("settings.Production")
            app.config.from_mapping(LATE="late.csv")
            for key in ("TRACKS", "LISTENS", "LATE"):
                pd.read_csv(app.config[key])
        """,
        "app/settings.py": """
            class Base:
                LISTENS = "listens.csv"
            class Production(Base):
                DEBUG = False
        """,
        "app/config.json": '{"TRACKS": "tracks.csv"}',
    })  # fmt: skip
    assert seen.reads() == {"tracks.csv", "listens.csv", "late.csv"}


def test_a_file_that_is_sent_and_kept_is_read_where_it_was_kept(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import os
        import pandas as pd
        from flask import Flask, request
        from werkzeug.utils import secure_filename
        app = Flask(__name__)
        @app.route("/up", methods=["POST"])
        def up():
            sent = request.files["sent"]
            path = os.path.join("uploads", secure_filename(sent.filename))
            sent.save(path)
            return str(pd.read_csv(path).shape)
    """)
    assert seen.writes() == seen.reads() == {"uploads/{secure_filename}"}
