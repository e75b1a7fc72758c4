"""Projects in which every SQL file defines a table."""

from __future__ import annotations

from tests.evaluate.small import GraphOf

PROJECT = {
    "shop/dbt_project.yml": "name: shop\nmodel-paths: [models]\nseed-paths: [seeds]\n",
    "shop/seeds/regions.csv": "region_id,name\n1,north\n",
    "shop/models/staging/sources.yml": """
        version: 2
        sources:
          - name: crm
            schema: raw_crm
            tables:
              - name: orders
                identifier: orders_v2
        exposures:
          - name: weekly_report
            type: dashboard
            owner: {name: Sales, email: sales@shop.example}
            depends_on: [ref('totals'), "source('crm', 'orders')"]
    """,
    "shop/models/staging/stg_orders.sql": """
        with src as (select * from {{ source('crm', 'orders') }})
        select order_id, region_id, amount from src where amount > 0
    """,
    "shop/models/totals.sql": """
        {{ config(materialized='incremental', unique_key='region_id') }}
        select r.name, sum(o.amount) as total
        from {{ ref('stg_orders') }} o join {{ ref ( 'regions' ) }} r on r.region_id = o.region_id
        {% if is_incremental() %} where o.day > (select max(day) from {{ this }}) {% endif %}
        group by r.name
    """,
}


def test_each_model_makes_the_table_of_its_name(graph_of: GraphOf) -> None:
    seen = graph_of(PROJECT)

    assert seen.reads() == {"raw_crm.orders_v2", "stg_orders", "regions"}
    assert seen.writes() == {"stg_orders", "totals"}
    assert seen.flows("raw_crm.orders_v2", "totals")
    assert seen.flows("shop/seeds/regions.csv", "totals")
    assert {edge.attributes["mode"] for edge in seen.writing("totals")} == {"merge"}


def test_an_exposure_is_a_declared_consumer(graph_of: GraphOf) -> None:
    seen = graph_of(PROJECT)

    (consumer,) = seen.graph.of_kind("consumer")
    used = {seen.graph[edge.source].name for edge in seen.graph.edges_of_kind("CONSUMES")}
    assert (consumer.name, consumer.attributes["declared"], consumer.attributes["owner"]) == (
        "weekly_report", True, "Sales",
    )  # fmt: skip
    assert used == {"totals", "raw_crm.orders_v2"}


def test_a_query_outside_of_a_project_makes_no_table(graph_of: GraphOf) -> None:
    seen = graph_of({"queries/totals.sql": "select name, sum(amount) from orders group by name"})

    assert seen.writes() == set()


def test_rows_that_are_written_out_are_written(graph_of: GraphOf) -> None:
    script = """
        CREATE TABLE plan (name text, days int);
        INSERT INTO plan VALUES ('week', 7);
        CREATE VIEW channel AS (SELECT 0 AS idx, 'shop' AS name UNION ALL SELECT 1, 'app');
        CREATE TABLE numbers AS SELECT 1 AS one;
        CREATE TABLE empty (name text);
    """
    assert graph_of({"seed.sql": script}).writes() == {"plan", "channel", "numbers"}


def test_an_asset_and_the_table_of_its_name_are_one(graph_of: GraphOf) -> None:
    code = """
        import pandas as pd
        from dagster import AssetIn, asset

        @asset(ins={"totals": AssetIn(key_prefix=["marts"])})
        def report(totals: pd.DataFrame) -> pd.DataFrame:
            return totals.head()
    """
    seen = graph_of({**PROJECT, "assets.py": code})

    assert seen.flows("raw_crm.orders_v2", "dagster://report")


def test_a_model_in_python_makes_the_table_of_its_name_too(graph_of: GraphOf) -> None:
    program = """
        def model(dbt, session):
            dbt.config(materialized="table", packages=["pandas"])
            orders = dbt.ref("stg_orders").to_pandas()
            prices = dbt.source("shop", "prices").df()
            orders["price"] = prices["price"]
            return orders[["order_id", "price"]]
    """
    seen = graph_of(
        {**PROJECT, "shop/models/priced.py": program, "tools.py": "def model(name):\n    return open(name)\n"}
    )
    assert seen.written("priced") == ("order_id", "price")
    assert seen.reads("shop/models/priced.py") == {"stg_orders", "shop.prices"}
    assert seen.flows("raw_crm.orders_v2", "priced")


def test_a_model_in_python_is_given_a_session_too(graph_of: GraphOf) -> None:
    program = """
        import io
        import joblib
        from sklearn.linear_model import LogisticRegression
        def keep(session, model, place, name):
            stream = io.BytesIO()
            joblib.dump(model, stream)
            session._conn.upload_stream(stream, place, name)
        def model(dbt, session):
            orders = dbt.ref("stg_orders").to_pandas()
            fitted = LogisticRegression().fit(orders[["price"]], orders["late"])
            keep(session, fitted, "@MODELS/late", "late.joblib")
            session.write_pandas(orders, "train_table")
            return session.table("raw_crm.extra")
    """
    seen = graph_of({**PROJECT, "shop/models/trained.py": program})
    assert {"train_table", "late.joblib", "trained"} <= seen.writes("shop/models/trained.py")
    assert "raw_crm.extra" in seen.reads("shop/models/trained.py")
