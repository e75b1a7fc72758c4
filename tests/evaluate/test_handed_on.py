"""What frameworks hand to functions by themselves: the running application, the context of a command line."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf

TRAINING = """
import pickle
import pandas as pd
from sklearn.linear_model import LinearRegression
df = pd.read_csv("trips.csv")
pickle.dump(LinearRegression().fit(df[["km", "hour"]], df["minutes"]), open("m.pkl", "wb"))
"""
LIFESPAN = {
    "app/__init__.py": "",
    "app/main.py": """
        import pickle
        from contextlib import asynccontextmanager
        from fastapi import FastAPI
        from app.routes import router
        @asynccontextmanager
        async def lifespan(app: FastAPI):
            app.state.model = pickle.load(open("m.pkl", "rb"))
            yield
            app.state.model = None
        app = FastAPI(lifespan=lifespan)
        app.include_router(router)
        """,
    "app/routes.py": """
        from fastapi import APIRouter, Request
        from pydantic import BaseModel
        router = APIRouter()
        class Trip(BaseModel):
            km: float
            hour: int
        @router.post("/eta")
        async def eta(request: Request, trip: Trip):
            return {"eta": request.app.state.model.predict([[trip.km, trip.hour]])[0]}
        """,
}
DEPENDENCY = {
    "app.py": """
        import pickle
        from fastapi import Depends, FastAPI, Request
        app = FastAPI()
        @app.on_event("startup")
        def load():
            app.state.model = pickle.load(open("m.pkl", "rb"))
        def model_of(request: Request):
            return request.app.state.model
        @app.post("/eta")
        def eta(body: dict, model=Depends(model_of)):
            return {"eta": model.predict([[body["km"], body["hour"]]])[0]}
        """
}
FACTORY = {
    "app.py": """
        import pickle
        from flask import Blueprint, Flask, current_app, jsonify, request
        views = Blueprint("views", __name__)
        @views.route("/eta", methods=["POST"])
        def eta():
            body = request.get_json()
            return jsonify(eta=current_app.config["MODEL"].predict([[body["km"], body["hour"]]])[0])
        def create_app():
            app = Flask(__name__)
            app.config["MODEL"] = pickle.load(open("m.pkl", "rb"))
            app.register_blueprint(views)
            return app
        """
}
ATTRIBUTE = {
    "app.py": """
        import pickle
        from flask import Flask, current_app, jsonify, request
        app = Flask(__name__)
        app.model = pickle.load(open("m.pkl", "rb"))
        @app.route("/eta", methods=["POST"])
        def eta():
            body = request.get_json()
            return jsonify(eta=current_app.model.predict([[body["km"], body["hour"]]])[0])
        """
}
ITEM = {
    "app.py": """
        import pickle
        from aiohttp import web
        async def eta(request):
            body = await request.json()
            return web.json_response({"eta": request.app["model"].predict([[body["km"], body["hour"]]])[0]})
        app = web.Application()
        app["model"] = pickle.load(open("m.pkl", "rb"))
        app.router.add_post("/eta", eta)
        """
}
READY = {
    "api/__init__.py": "",
    "api/apps.py": """
        import pickle
        from django.apps import AppConfig
        class ApiConfig(AppConfig):
            name = "api"
            model = None
            def ready(self):
                ApiConfig.model = pickle.load(open("m.pkl", "rb"))
        """,
    "api/views.py": """
        import json
        from django.http import JsonResponse
        from .apps import ApiConfig
        def eta(request):
            body = json.loads(request.body)
            return JsonResponse({"eta": ApiConfig.model.predict([[body["km"], body["hour"]]])[0]})
        """,
}
ACTOR = {
    "serve_it.py": """
        import pickle
        from ray import serve
        @serve.deployment
        class Eta:
            def __init__(self, path):
                self.model = pickle.load(open(path, "rb"))
            async def __call__(self, request):
                body = await request.json()
                return {"eta": self.model.predict([[body["km"], body["hour"]]])[0]}
        serve.run(Eta.bind("m.pkl"))
        """
}


@pytest.mark.parametrize("service", [LIFESPAN, DEPENDENCY, FACTORY, ATTRIBUTE, ITEM, READY, ACTOR])
def test_what_an_application_holds_is_there_for_its_requests(service: dict[str, str], graph_of: GraphOf) -> None:
    seen = graph_of({"train.py": TRAINING, **service})
    assert any(seen.flows("trips.csv", node.name) for node in seen.graph.of_kind("prediction"))


@pytest.mark.parametrize(
    ("group", "command"),
    [
        ("ctx.obj = {'root': root}", "@click.pass_context\ndef load(ctx):\n    read(ctx.obj['root'])\n"),
        (
            "ctx.ensure_object(dict)\n    ctx.obj['root'] = root",
            "@click.pass_obj\ndef load(obj):\n    read(obj['root'])\n",
        ),
        ("ctx.obj = Settings(root)", "@click.pass_obj\ndef load(settings):\n    read(settings.root)\n"),
        ("ctx.obj = root", "def load():\n    read(click.get_current_context().obj)\n"),
    ],
)
def test_a_command_has_what_the_group_above_it_keeps(group: str, command: str, graph_of: GraphOf) -> None:
    program = (
        "import click\nimport pandas as pd\nclass Settings:\n    def __init__(self, root):\n        self.root = root\n"
    )
    program += "def read(root):\n    return pd.read_csv(f'{root}/trips.csv')\n"
    program += "@click.group()\n@click.option('--root', default='data')\n@click.pass_context\n"
    program += f"def cli(ctx, root):\n    {group}\n@cli.command()\n{command}if __name__ == '__main__':\n    cli()\n"
    assert graph_of(program).reads() == {"data/trips.csv"}


def test_a_command_that_invokes_another_passes_its_options_on(graph_of: GraphOf) -> None:
    program = """
        import click
        import pandas as pd
        @click.group()
        def cli():
            pass
        @cli.command()
        @click.option("--path", default="a.csv")
        def load(path):
            pd.read_csv(path)
        @cli.command()
        @click.pass_context
        def everything(ctx):
            ctx.invoke(load, path="b.csv")
        cli()
        """
    assert graph_of(program).reads() >= {"b.csv"}


def test_a_typer_context_is_told_by_its_type(graph_of: GraphOf) -> None:
    program = """
        import typer
        import pandas as pd
        app = typer.Typer()
        @app.callback()
        def main(ctx: typer.Context, root: str = "data"):
            ctx.obj = root
        @app.command()
        def load(ctx: typer.Context):
            pd.read_csv(ctx.obj + "/trips.csv")
        if __name__ == "__main__":
            app()
        """
    assert graph_of(program).reads() == {"data/trips.csv"}
