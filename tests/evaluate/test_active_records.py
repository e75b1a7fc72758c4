"""Classes that ask and change their table themselves."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf

PEEWEE = """
import joblib
import pandas as pd
from peewee import FloatField, Model, SqliteDatabase
class Base(Model):
    class Meta:
        database = SqliteDatabase("shop.db")
class Score(Base):
    km = FloatField()
    late = FloatField()
class Order(Base):
    km = FloatField()
    class Meta:
        table_name = "orders"
model = joblib.load("late.joblib")
"""
STORED = {
    "a row that saves itself": "Score(km=3, late=model.predict([[3]])[0]).save()",
    "a row that the class makes": "Score.create(km=3, late=model.predict([[3]])[0])",
    "rows at once": "Score.insert_many([{'km': 3, 'late': model.predict([[3]])[0]}]).execute()",
}


@pytest.mark.parametrize("way", STORED)
def test_what_a_row_is_given_is_written_to_its_table(way: str, graph_of: GraphOf) -> None:
    seen = graph_of(f"{PEEWEE}{STORED[way]}\n")
    assert seen.writes() == {"shop.db::score"}
    assert seen.flows("late.joblib", "shop.db::score")


def test_rows_are_read_however_they_are_narrowed_down(graph_of: GraphOf) -> None:
    code = "pd.DataFrame(list(Order.select().where(Order.km > 3).dicts())).to_csv('long.csv')\n"
    seen = graph_of(PEEWEE + code)
    assert seen.reads() == {"shop.db::orders", "late.joblib"}
    assert seen.flows("shop.db::orders", "long.csv")


DJANGO = {
    "app/models.py": """
        from django.db import models
        class Order(models.Model):
            km = models.FloatField()
            late = models.BooleanField()
            class Meta:
                db_table = "shop_orders"
        class Score(models.Model):
            km = models.FloatField()
            late = models.FloatField()
        """,
    "app/views.py": """
        import joblib
        from .models import Score
        def predict(request):
            km = float(request.POST["km"])
            late = joblib.load("late.joblib").predict([[km]])[0]
            Score.objects.create(km=km, late=late)
        """,
    "app/train.py": """
        import joblib
        import pandas as pd
        from sklearn.linear_model import LogisticRegression
        from app.models import Order
        df = pd.DataFrame(Order.objects.exclude(km=None).values("km", "late"))
        joblib.dump(LogisticRegression().fit(df[["km"]], df["late"]), "late.joblib")
        """,
}


def test_the_models_of_django_stand_for_tables(graph_of: GraphOf) -> None:
    seen = graph_of(DJANGO)
    assert seen.flows("shop_orders", "late.joblib")
    assert seen.flows("late.joblib", "score")
    assert not seen.flows("score", "late.joblib")
