"""Tables that classes stand for: what sessions ask of them and add to them."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf

DATABASE = """
import os
from sqlalchemy import create_engine
from sqlalchemy.orm import declarative_base, sessionmaker

engine = create_engine(os.getenv("DATABASE_URL", "postgresql://u:p@db/shop"))
SessionLocal = sessionmaker(autoflush=False, bind=engine)
Base = declarative_base()

def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()
"""
MODELS = """
from sqlalchemy import Column, Float, Integer
from app.database import Base

class Prediction(Base):
    __tablename__ = "predictions"
    id = Column(Integer, primary_key=True)
    km = Column(Float)
    minutes = Column(Float)

class Feedback(Base):
    __tablename__ = "feedback"
    __table_args__ = {"schema": "ml"}
    id = Column(Integer, primary_key=True)
    minutes = Column(Float)
"""
USE = """
from fastapi import Depends, FastAPI
from sqlalchemy import desc, func, insert, select, update
from sqlalchemy.orm import Session
from app.database import SessionLocal, engine, get_db
from app.models import Feedback, Prediction

app = FastAPI()
"""


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("db.query(Prediction).filter(Prediction.km > 1).order_by(desc(Prediction.id)).all()", "predictions"),
        ("db.query(Prediction.km, Prediction.minutes).limit(5).all()", "predictions"),
        ("db.query(func.count(Prediction.id)).scalar()", "predictions"),
        ("db.execute(select(Prediction).where(Prediction.km > 1)).scalars().all()", "predictions"),
        ("statement = select(Feedback.minutes).limit(3)\n    db.scalars(statement).first()", "ml.feedback"),
        ("db.get(Feedback, 1)", "ml.feedback"),
        ("db.query(Prediction).join(Feedback).first()", "predictions"),
        ("db.execute(select(Prediction).join(Feedback, Feedback.id == Prediction.id))", "predictions ml.feedback"),
    ],
)
def test_a_session_reads_the_table_of_the_class_that_it_asks_for(body: str, names: str, graph_of: GraphOf) -> None:
    route = f"@app.get('/rows')\ndef rows(db: Session = Depends(get_db)):\n    {body}\n"
    seen = graph_of({"app/database.py": DATABASE, "app/models.py": MODELS, "app/main.py": USE + route})
    assert seen.reads() == {f"postgres://{name}" for name in names.split()}


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("db.add(Prediction(km=km, minutes=1))", "predictions"),
        ("row = Prediction(km=km, minutes=1)\n    db.add(row)\n    db.commit()\n    db.refresh(row)", "predictions"),
        ("db.add_all([Feedback(minutes=m) for m in range(3)])", "ml.feedback"),
        ("db.merge(Feedback(minutes=1))", "ml.feedback"),
        ("row = db.get(Feedback, km)\n    row.minutes = 1\n    db.add(row)", "ml.feedback"),
        ("db.execute(insert(Feedback).values(minutes=1))", "ml.feedback"),
        ("db.execute(update(Prediction).values(minutes=1))", "predictions"),
        ("db.bulk_insert_mappings(Prediction, [{'km': km}])", "predictions"),
    ],
)
def test_a_session_writes_the_table_of_what_is_added(body: str, name: str, graph_of: GraphOf) -> None:
    code = f"def store(km, db):\n    {body}\nwith SessionLocal() as session:\n    store(2, session)\n"
    seen = graph_of({"app/database.py": DATABASE, "app/models.py": MODELS, "app/main.py": USE + code})
    assert seen.writes() == {f"postgres://{name}"}


def test_what_is_predicted_and_stored_as_a_row_is_trained_on_later(graph_of: GraphOf) -> None:
    serve = """
model = joblib.load("model.pkl")

@app.post("/predict")
async def predict(km: float, db: Session = Depends(get_db)):
    minutes = float(model.predict([[km]])[0])
    db.add(Prediction(km=km, minutes=minutes))
    db.commit()
    return {"minutes": minutes}
"""
    train = """
import joblib
import pandas as pd
from sklearn.linear_model import LinearRegression
from sqlalchemy import select
from app.database import SessionLocal, engine
from app.models import Prediction

with SessionLocal() as db:
    rows = db.query(Prediction).all()
    data = pd.DataFrame([{"km": row.km, "minutes": row.minutes} for row in rows])
joblib.dump(LinearRegression().fit(data[["km"]], data["minutes"]), "model.pkl")
pd.read_sql(select(Prediction), engine).to_csv("copy.csv")
"""
    seen = graph_of(
        {
            "app/database.py": DATABASE,
            "app/models.py": MODELS,
            "app/main.py": f"import joblib\n{USE}{serve}",
            "train.py": train,
        }
    )
    assert seen.flows("model.pkl", "postgres://predictions")
    assert seen.flows("postgres://predictions", "model.pkl")
    assert seen.flows("postgres://predictions", "copy.csv")
    assert {"km", "minutes"} <= seen.used("postgres://predictions")


def test_a_session_of_unknown_making_is_told_by_what_it_is_given(graph_of: GraphOf) -> None:
    use = "class Log:\n    def __init__(self, db):\n        self.db = db\n    async def all(self):\n"
    use += "        return (await self.db.execute(select(Feedback))).scalars().all()\n"
    seen = graph_of({"app/database.py": DATABASE, "app/models.py": MODELS, "app/main.py": USE + use})
    assert seen.reads() == {"ml.feedback"}


def test_classes_of_other_mappers_have_tables_too(graph_of: GraphOf) -> None:
    seen = graph_of(
        {
            "hero.py": """
            from sqlmodel import Field, Session, SQLModel, create_engine, select

            class Hero(SQLModel, table=True):
                id: int = Field(default=None, primary_key=True)
                name: str

            with Session(create_engine("sqlite:///hero.db")) as session:
                session.add(Hero(name="x"))
                session.exec(select(Hero)).all()
            """,
            "events.py": """
            from flask_sqlalchemy import SQLAlchemy

            db = SQLAlchemy()

            class UserEvent(db.Model):
                id = db.Column(db.Integer, primary_key=True)

            db.session.add(UserEvent(id=1))
            UserEvent.query.filter_by(id=1).first()
            """,
            "core.py": """
            from sqlalchemy import Column, Integer, MetaData, Table, create_engine, select

            orders = Table("orders", MetaData(), Column("id", Integer))
            with create_engine("sqlite:///shop.db").begin() as connection:
                connection.execute(orders.insert(), [{"id": 1}])
                connection.execute(select(orders)).fetchall()
            """,
        }
    )
    assert seen.reads() == seen.writes() == {"hero.db::hero", "user_event", "shop.db::orders"}


def test_tables_that_a_database_is_asked_for_by_name(graph_of: GraphOf) -> None:
    seen = graph_of("""
        from sqlalchemy import MetaData, create_engine, desc, select, text
        engine = create_engine("mysql+pymysql://a:b@h/shop")
        known = MetaData()
        known.reflect(bind=engine)
        models = known.tables["rec_model"]
        sessions = known.tables["rec_session"]
        with engine.connect() as connection:
            query = select(text("id")).where(models.c.kind == "svd").order_by(desc(models.c.at)).limit(1)
            found = connection.execute(query).fetchone()
            connection.execute(sessions.insert().values(model_id=found[0]))
    """)
    assert seen.reads() == {"mysql://rec_model"}
    assert seen.writes() == {"mysql://rec_session"}
