"""Every library's own way to train, save, load and predict, as people write it.

A comment at the end of a line says what the graph must know of it: `trains` and `predicts` from data that leads back to
a data set, `saves` and `loads` a model, `writes` what a model said, `decides` on it, `acts` because of it.
"""

from __future__ import annotations

import re

import pytest

from mldebt.graph.model import Edge
from tests.evaluate.small import GraphOf, Seen

DATA = """\
import numpy as np
import pandas as pd
df = pd.read_csv("data/train.csv")
X, y = df[["a", "b"]], df["y"]
"""
NET = """\
import torch
from torch.utils.data import DataLoader, TensorDataset
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(2, 1)
    def forward(self, x):
        return self.layer(x)
"""
KINDS = {
    "trains": ("TRAINS_ON", "FITS"), "predicts": ("PREDICTS",), "saves": ("PERSISTS",), "loads": ("LOADS",),
    "writes": ("WRITES", "DERIVES"), "decides": ("DECIDES",), "acts": ("TRIGGERS",),
}  # fmt: skip

PROGRAMS = {
    "xgboost, files given by name": """
        import xgboost as xgb
        train = xgb.DMatrix("data/agaricus.train?format=libsvm")
        booster = xgb.train({}, train, 2, [(train, "train")])  # trains
        booster.save_model("model.json")  # saves
        again = xgb.Booster(model_file="model.json")  # loads
        p = again.predict(xgb.DMatrix("data/agaricus.test"))  # predicts
    """,
    "xgboost on dask": """
        import dask.dataframe as dd
        from xgboost import dask as dxgb
        def main(client):
            df = dd.read_csv("data/*.csv")
            matrix = dxgb.DaskDMatrix(client, df[["a"]], df["y"])
            output = dxgb.train(client, {}, matrix)  # trains
            p = dxgb.predict(client, output["booster"], matrix)  # predicts
            p.to_csv("p.csv")  # writes
    """,
    "catboost, a search on the model itself": f"""{DATA}
from catboost import CatBoostClassifier
m = CatBoostClassifier()
m.grid_search({{"depth": [1]}}, X=X, y=y)  # trains
    """,
    "stable baselines, a world made of data": """
        import gymnasium as gym
        import pandas as pd
        from stable_baselines3 import SAC
        class Market(gym.Env):
            def __init__(self, df):
                super().__init__()
                self.df = df.astype(float)
            def reset(self):
                return self.df.iloc[0], {}
        model = SAC("MlpPolicy", Market(pd.read_csv("a.csv")))
        model.learn(total_timesteps=10)  # trains
        model.save("models/sac.zip")  # saves
        again = SAC.load("models/sac.zip")  # loads
        seen, info = Market(pd.read_csv("b.csv")).reset()
        action, state = again.predict(seen)  # predicts
    """,
    "keras, a loop over gradients": f"""{DATA}
import tensorflow as tf
model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
data = tf.data.Dataset.from_tensor_slices((X.values, y.values)).batch(3)
@tf.function
def step(x, t):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x, training=True) - t) ** 2)
    tape.gradient(loss, model.trainable_variables)  # trains
for xb, yb in data:
    step(xb, yb)
model.save("m.keras")  # saves
    """,
    "keras, images of a folder": """
        from keras.models import Sequential
        from keras.preprocessing.image import ImageDataGenerator
        images = ImageDataGenerator(rescale=1 / 255).flow_from_directory("data/train")
        model = Sequential()
        model.fit(images)  # trains
    """,
    "tensorflow, an estimator asks a function for its data": f"""{DATA}
import tensorflow as tf
est = tf.estimator.LinearClassifier(feature_columns=[])
def data():
    return tf.data.Dataset.from_tensor_slices((dict(X), y))
est.train(input_fn=data, steps=10)  # trains
    """,
    "torch, a whole network saved and called": f"""{DATA}{NET}
net = Net()
loader = DataLoader(TensorDataset(torch.tensor(X.values), torch.tensor(y.values)))
scaler = torch.cuda.amp.GradScaler()
for xb, yb in loader:
    loss = torch.nn.functional.mse_loss(net(xb), yb)
    scaler.scale(loss).backward()  # trains
torch.save(net, "net.pt")  # saves
again = torch.load("net.pt")  # loads
for (xb,) in DataLoader(TensorDataset(torch.tensor(X.values))):
    p = again(xb)  # predicts
    """,
    "accelerate prepares and goes backward": f"""{DATA}{NET}
from accelerate import Accelerator
accelerator = Accelerator()
net, loader = accelerator.prepare(Net(), DataLoader(TensorDataset(torch.tensor(X.values))))
for batch in loader:
    accelerator.backward(net(batch).mean())  # trains
    """,
    "lightning, a data module": """
        import pandas as pd
        import pytorch_lightning as pl
        import torch
        from torch.utils.data import DataLoader, TensorDataset
        class Lit(pl.LightningModule):
            def forward(self, x):
                return x
        class Data(pl.LightningDataModule):
            def __init__(self, path="d.csv"):
                super().__init__()
                self.path = path
            def setup(self, stage=None):
                self.data = TensorDataset(torch.tensor(pd.read_csv(self.path).values))
            def train_dataloader(self):
                return DataLoader(self.data)
            def predict_dataloader(self):
                return DataLoader(self.data)
        model, data = Lit(), Data()
        trainer = pl.Trainer(max_epochs=3)
        trainer.fit(model, data)  # trains
        trainer.save_checkpoint("m.ckpt")  # saves
        again = Lit.load_from_checkpoint("m.ckpt")  # loads
        p = trainer.predict(again, datamodule=data)  # predicts
    """,
    "lightning, the module brings its data": """
        import lightning as L
        from torch.utils.data import DataLoader
        from torchvision.datasets import MNIST
        class Lit(L.LightningModule):
            def train_dataloader(self):
                return DataLoader(MNIST("."))
        L.Trainer(max_epochs=1).fit(Lit())  # trains
    """,
    "transformers, a trainer": """
        from datasets import load_dataset
        from transformers import AutoModelForSequenceClassification, AutoTokenizer, Trainer
        data = load_dataset("imdb")
        model = AutoModelForSequenceClassification.from_pretrained("bert-base")
        trainer = Trainer(model=model, train_dataset=data["train"], eval_dataset=data["test"])
        trainer.train()  # trains
        trainer.save_model("final")  # saves
        p = trainer.predict(data["test"])  # predicts
        again = AutoModelForSequenceClassification.from_pretrained("final")  # loads
    """,
    "transformers, a pipeline and a bare call": f"""{DATA}
import torch
from transformers import AutoModel, AutoTokenizer, pipeline
judge = pipeline("sentiment-analysis")
df["mood"] = [r["label"] for r in judge(df["text"].tolist())]  # predicts
df.to_csv("scored.csv")  # writes
tokens, model = AutoTokenizer.from_pretrained("x"), AutoModel.from_pretrained("x")
for _, row in df.iterrows():
    out = model(**tokens(row["text"], return_tensors="pt")).logits  # predicts
    """,
    "statsmodels, formulas and matrices": f"""{DATA}
import statsmodels.api as sm
import statsmodels.formula.api as smf
fitted = smf.ols("y ~ a + np.log(b)", data=df).fit()  # trains
df.assign(p=fitted.predict(df)).to_csv("p.csv")  # predicts writes
other = sm.OLS(df["y"], sm.add_constant(df[["a"]]))
result = other.fit()  # trains
result.save("ols.pickle")  # saves
again = sm.load("ols.pickle")  # loads
    """,
    "statsmodels, a forecast from nothing but the past": f"""{DATA}
from statsmodels.tsa.arima.model import ARIMA
fitted = ARIMA(df["y"][:-12], order=(1, 1, 1)).fit()  # trains
fitted.forecast(steps=12).to_csv("fc.csv")  # predicts writes
    """,
    "prophet": """
        import pandas as pd
        from prophet import Prophet
        from prophet.serialize import model_from_json, model_to_json
        df = pd.read_csv("s.csv").rename(columns={"d": "ds", "v": "y"})
        m = Prophet()
        m.fit(df)  # trains
        future = m.make_future_dataframe(periods=30)
        m.predict(future)[["ds", "yhat"]].to_csv("fc.csv")  # predicts writes
        with open("m.json", "w") as f:
            f.write(model_to_json(m))  # saves
        with open("m.json") as f:
            again = model_from_json(f.read())  # loads
    """,
    "spark, a pipeline whose transform predicts": """
        from pyspark.ml import Pipeline, PipelineModel
        from pyspark.ml.classification import RandomForestClassifier
        from pyspark.ml.feature import VectorAssembler
        from pyspark.ml.tuning import CrossValidator
        from pyspark.sql import SparkSession
        spark = SparkSession.builder.getOrCreate()
        train, test = spark.read.parquet("s3://b/x").randomSplit([0.8, 0.2], seed=1)
        pipe = Pipeline(stages=[VectorAssembler(inputCols=["a"], outputCol="f"), RandomForestClassifier(labelCol="y")])
        model = pipe.fit(train)  # trains
        model.transform(test).select("id", "prediction").write.parquet("s3://b/p")  # predicts writes
        model.write().overwrite().save("models/rf")  # saves
        again = PipelineModel.load("models/rf")  # loads
        again.transform(test).write.saveAsTable("db.preds")  # predicts writes
        best = CrossValidator(estimator=pipe).fit(train).bestModel  # trains
        best.transform(test).toPandas().to_csv("p.csv")  # predicts writes
    """,
    "snowpark, a registry keeps the model": """
        import snowflake.snowpark as snowpark
        from snowflake.ml.modeling.preprocessing import StandardScaler
        from snowflake.ml.modeling.xgboost import XGBClassifier
        from snowflake.ml.registry import Registry
        from snowflake.snowpark.functions import col
        def connect(settings):
            return snowpark.Session.builder.configs(settings).create()
        session = connect({"account": "a"})
        df = session.table("CUSTOMERS").with_column("OLDER", col("AGE") + 1).filter(col("AGE") > 3)
        df = StandardScaler(input_cols=["AGE"], output_cols=["AGE_S"]).fit(df).transform(df)  # trains
        train, test = df.random_split([0.8, 0.2], seed=1)
        model = XGBClassifier(input_cols=["AGE_S", "OLDER"], label_cols=["CHURN"], output_cols=["P"])
        model.fit(train)  # trains
        model.predict(test).write.mode("overwrite").save_as_table("SCORES")  # predicts writes
        Registry(session=session).log_model(model, model_name="churn", version_name="v1")  # saves
        def score(session: snowpark.Session):
            version = Registry(session).get_model("churn").version("v1")  # loads
            out = version.run(session.sql("SELECT AGE_S, OLDER FROM NEW"), function_name="predict")  # predicts
            session.write_pandas(out.to_pandas(), "NEW_SCORES")  # writes
        score(session)
    """,
    "spark, recommendations for everyone": """
        from pyspark.ml.recommendation import ALS
        from pyspark.sql import SparkSession
        ratings = SparkSession.builder.getOrCreate().table("ratings")
        model = ALS(userCol="u", itemCol="i").fit(ratings)  # trains
        model.recommendForAllUsers(10).write.saveAsTable("recs")  # predicts writes
    """,
    "spark, estimators that are told in steps, on lines of text": """
        from pyspark import SparkContext
        from pyspark.sql import SparkSession
        from pyspark.ml.clustering import KMeans
        from pyspark.mllib.tree import RandomForest
        spark = SparkSession.builder.getOrCreate()
        sc = spark.sparkContext
        points = sc.textFile("data/points.csv").map(lambda line: line.split(","))
        forest = RandomForest.trainClassifier(points, numClasses=2)  # trains
        forest.predict(points)  # predicts
        forest.save(sc, "models/forest")  # saves
        users = spark.table("gold.users")
        groups = KMeans().setK(4).setFeaturesCol("features").fit(users)  # trains
        groups.transform(users)  # predicts
    """,
    "spark, factors of ratings": """
        from pyspark import SparkContext
        from pyspark.mllib.recommendation import ALS, Rating
        sc = SparkContext("local")
        lines = sc.textFile("data/ratings.csv").map(lambda line: line.split(","))
        ratings = lines.map(lambda r: Rating(int(r[0]), int(r[1]), float(r[2])))
        model = ALS.train(ratings, 10, 5, 0.1)  # trains
        model.recommendProducts(789, 10)  # predicts
        model.recommendUsers(3, 10)  # predicts
    """,
    "torch, a network from where nothing can be seen": f"""{DATA}
import torch
from torch.utils.data import DataLoader, TensorDataset
from elsewhere.models import build
class Trainer:
    def __init__(self, model):
        self.model = model.to("cpu")
        self.optimizer = torch.optim.Adam(self.model.parameters())
        self.loss = torch.nn.MSELoss()
    def fit(self, loader):
        self.model.train()
        for xb, yb in loader:
            loss = self.loss(self.model(xb), yb)
            loss.backward()  # trains
            self.optimizer.step()
    def predict(self, loader):
        self.model.eval()
        return [self.model(xb) for xb, _ in loader]  # predicts
loader = DataLoader(TensorDataset(torch.tensor(X.values), torch.tensor(y.values)))
trainer = Trainer(build(2))
trainer.fit(loader)
trainer.predict(loader)
    """,
    "keras, a tuner tries out what a function builds": f"""{DATA}
import keras_tuner as kt
from tensorflow import keras
def build(hp):
    return keras.Sequential([keras.layers.Dense(hp.Int("units", 8, 64))])
tuner = kt.RandomSearch(build, objective="val_loss")
tuner.search(X, y, epochs=5)  # trains
best = tuner.get_best_models(num_models=1)[0]
best.predict(X)  # predicts
best.save("models/best.h5")  # saves
    """,
    "river, one message after the other": """
        import json
        from kafka import KafkaConsumer
        from river import linear_model, preprocessing
        model = preprocessing.StandardScaler() | linear_model.LogisticRegression()
        for message in KafkaConsumer("clicks"):
            record = json.loads(message.value)
            truth = record.pop("bought")
            model.predict_one(record)  # predicts
            model.learn_one(record, truth)  # trains
    """,
    "river, a data set of its own": """
        from river import datasets, linear_model
        model = linear_model.LogisticRegression()
        data = datasets.Phishing().take(100)
        for x, y in data:
            model.predict_one(x)  # predicts
            model.learn_one(x, y)  # trains
    """,
    "river, row by row of a file": """
        from river import linear_model, stream
        model = linear_model.LogisticRegression()
        for x, y in stream.iter_csv("clicks.csv", target="bought"):
            model.predict_proba_one(x)  # predicts
            model.learn_one(x, y)  # trains
    """,
    "prices of a service": """
        import yfinance as yf
        from sklearn.linear_model import Ridge
        def of(symbol):
            return yf.Ticker(symbol).history(period="5y")
        def run(symbol):
            prices = of(symbol)
            model = Ridge().fit(prices[["Open"]], prices["Close"])  # trains
            model.predict(yf.download(symbol)[["Open"]])  # predicts
    """,
    "darts, a model that was stored": f"""{DATA}
from darts import TimeSeries
from darts.models import NBEATSModel
model = NBEATSModel.load("models/nbeats.pt")  # loads
model.predict(12, series=TimeSeries.from_dataframe(df))  # predicts
    """,
    "surprise": f"""{DATA}
from surprise import Dataset, KNNBasic, Reader, SVD, dump
from surprise.model_selection import train_test_split
data = Dataset.load_from_df(df[["u", "i", "r"]], Reader(rating_scale=(1, 5)))
train, test = train_test_split(data, test_size=0.2)
algo = SVD()
algo.fit(train)  # trains
p = algo.test(test)  # predicts
dump.dump("svd.pkl", algo=algo)  # saves
KNNBasic().fit(data.build_full_trainset())  # trains
    """,
    "implicit": f"""{DATA}
from implicit.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix
m = csr_matrix((df["n"].values, (df["u"].values, df["i"].values)))
model = AlternatingLeastSquares(factors=8)
model.fit(m)  # trains
ids, scores = model.recommend(1, m[1])  # predicts
pd.DataFrame({{"id": ids, "s": scores}}).to_csv("recs.csv")  # writes
    """,
    "onnx": f"""{DATA}
import onnxruntime as rt
from sklearn.linear_model import LogisticRegression
from skl2onnx import convert_sklearn
converted = convert_sklearn(LogisticRegression().fit(X, y))  # trains
with open("m.onnx", "wb") as f:
    f.write(converted.SerializeToString())  # saves
session = rt.InferenceSession("m.onnx")  # loads
out = session.run(None, {{"x": X.values.astype(np.float32)}})[0]  # predicts
pd.Series(out).to_csv("p.csv")  # writes
    """,
    "sagemaker, from a bucket to an endpoint": """
        import pandas as pd
        import sagemaker
        from sagemaker.inputs import TrainingInput
        from sagemaker.tuner import HyperparameterTuner
        session = sagemaker.Session()
        given = session.upload_data(path="data", bucket="b", key_prefix="demo")
        est = sagemaker.estimator.Estimator("image", "role", instance_count=1)
        est.fit({"train": TrainingInput(s3_data="s3://b/train"), "validation": "s3://b/val"})  # trains
        est.fit({"train": given})  # trains
        prefix = f"{session.default_bucket_prefix}/demo" if session.default_bucket_prefix else "demo"
        est.fit({"train": f"s3://b/{prefix}/train/"})  # trains
        HyperparameterTuner(est, "auc", {}).fit("s3://b/more")  # trains
        predictor = est.deploy(1, "m")
        answer = predictor.predict(pd.read_csv("test.csv").values).decode("utf-8")  # predicts
        with open("p.csv", "w") as f:
            f.write(answer)  # writes
        est.transformer(1, "m", output_path="s3://b/out").transform("s3://b/batch.csv")  # predicts
    """,
    "bentoml": f"""{DATA}
import bentoml
from bentoml.io import NumpyNdarray
from sklearn.svm import SVC
bentoml.sklearn.save_model("clf", SVC().fit(X, y))  # trains saves
runner = bentoml.sklearn.get("clf:latest").to_runner()  # loads
svc = bentoml.Service("clf", runners=[runner])
@svc.api(input=NumpyNdarray(), output=NumpyNdarray())
async def classify(arr):
    return await runner.predict.async_run(arr)  # predicts writes
    """,
    "a library that nobody knows": f"""{DATA}
from ranking import Ranker
ranker = Ranker(dim=3)
ranker.fit(train_data=df, label_column="y")  # trains
pd.Series(ranker.predict(dataset=df)).to_csv("o.csv")  # predicts writes
    """,
    "rows that are turned to columns and back": f"""{DATA}
from sklearn.linear_model import Ridge
windows = np.stack([np.asarray(row) for row in zip(*X.values.T)])
Ridge().fit(windows, y)  # trains
    """,
    "a class of its own that is a library's model": f"""{DATA}
from sklearn.ensemble import RandomForestClassifier
class Careful(RandomForestClassifier):
    def fit(self, X, y):
        return super().fit(X, y)  # trains
m = Careful(n_estimators=3)
m.fit(X, y)
pd.Series(m.predict(X)).to_csv("p.csv")  # predicts writes
    """,
    "a pipeline of steps of its own": f"""{DATA}
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
class Cut(BaseEstimator):
    def fit(self, X, y=None):
        return self
    def transform(self, X):
        return X[["a"]]
class Two(BaseEstimator):
    def fit(self, X, y):
        self.first_ = LogisticRegression().fit(X, y)  # trains
        return self
    def predict(self, X):
        return self.first_.predict(X)  # predicts
pipe = GridSearchCV(make_pipeline(Cut(), Two()), {{}})
pipe.fit(X, y)  # trains
pd.Series(pipe.predict(X)).to_csv("p.csv")  # predicts writes
    """,
    "a base class whose descendants bring the data": """
        import pandas as pd
        from sklearn.svm import SVC
        class Model:
            def get_data(self):
                raise NotImplementedError
            def train(self):
                X, y = self.get_data()
                self.clf.fit(X, y)  # trains
        class Churn(Model):
            def __init__(self):
                self.clf = SVC()
            def get_data(self):
                df = pd.read_csv("churn.csv")
                return df[["a"]], df["y"]
    """,
    "a data set that reads its items one by one": f"""
import os
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset
{NET}
class Pictures(Dataset):
    def __init__(self, folder):
        self.files = [os.path.join(folder, name) for name in os.listdir(folder)]
    def __getitem__(self, index):
        return Image.open(self.files[index]), index
net = torch.nn.parallel.DistributedDataParallel(Net())
for picture, label in DataLoader(Pictures("pictures")):
    net(picture).mean().backward()  # trains
    """,
    "work in processes of its own": f"""{DATA}
import torch.multiprocessing as mp
from sklearn.svm import SVC
def work(rank, data):
    SVC().fit(data[["a"]], data["y"])  # trains
def other(data):
    SVC().fit(data[["a"]], data["y"])  # trains
mp.spawn(work, args=(df,), nprocs=2)
mp.Process(target=other, args=(df,)).start()
    """,
    "a table that comes in chunks": """
        import pandas as pd
        from sklearn.linear_model import SGDClassifier
        m = SGDClassifier()
        for chunk in pd.read_csv("big.csv", chunksize=1000):
            m.partial_fit(chunk[["a"]], chunk["y"])  # trains
        m.fit(pd.concat(pd.read_csv("other.csv", chunksize=10))[["a"]])  # trains
        m.fit(next(pd.read_csv("third.csv", chunksize=10))[["a"]])  # trains
    """,
    "parameters by their annotation": """
        from typing import Optional, Union
        import pandas as pd
        from sklearn.svm import SVC
        class Orders:
            def read(self):
                return pd.read_csv("orders.csv")
        class Returns:
            def read(self):
                return pd.read_csv("returns.csv")
        def train(data: Union[Orders, Returns], extra: Optional[str] = None):
            SVC().fit(data.read(), extra)  # trains
        def train_one(data: "Orders | None"):
            SVC().fit(data.read(), 1)
        def train_either(data: Orders | Returns):
            SVC().fit(data.read(), 1)  # trains
    """,
    "a function that a cloud calls for each event": """
        import joblib
        model = joblib.load("model.bin")
        def lambda_handler(event, context):
            return {"p": model.predict([event["ride"]["x"]])[0]}  # predicts
    """,
    "a method that is a route": """
        import bentoml
        import numpy as np
        @bentoml.service
        class Service:
            def __init__(self):
                self.model = bentoml.sklearn.load_model("clf:latest")  # loads
            @bentoml.api
            def classify(self, x: np.ndarray) -> np.ndarray:
                return self.model.predict(x)  # predicts writes
    """,
    "data made up in the code": """
        import numpy as np
        import pandas as pd
        from sklearn.datasets import make_classification
        from sklearn.linear_model import LinearRegression, LogisticRegression
        LogisticRegression().fit(*make_classification(n_samples=100))  # trains
        df = pd.DataFrame({"a": [1, 2], "y": [0, 1]})
        LinearRegression().fit(df[["a"]], df["y"])  # trains
        x = np.random.default_rng(0).normal(size=(10, 2))
        m = LinearRegression().fit(x, x[:, 0])  # trains
        print(m.predict(np.array([[1.0, 2.0]])))  # predicts
    """,
    "a decision on a column, an order and a message because of it": """
        import joblib, pandas as pd, smtplib
        from broker import client
        df = pd.read_csv("new.csv")
        df["p"] = joblib.load("m.joblib").predict_proba(df)[:, 1]  # predicts
        df["flag"] = (df["p"] >= 0.5).astype(int)  # decides
        df[df["p"] > 0.8].to_csv("hot.csv")  # decides writes
        if df["p"].max() > 0.9:  # decides
            client.submit_order("GME", 3)  # acts
            smtplib.SMTP("h").send_message(f"risk of {df['p'].max()}")  # acts
    """,
    "groups that are found and told in one call": """
        import pandas as pd
        from sklearn.cluster import KMeans
        df = pd.read_csv("new.csv")
        df["group"] = KMeans(n_clusters=3).fit_predict(df)  # trains predicts
        df.to_csv("out.csv")  # writes
    """,
    "fastai": """
        import pandas as pd
        from fastai.text.all import *
        from fastai.tabular.all import TabularDataLoaders, load_learner, tabular_learner
        df = pd.read_csv("texts.csv")
        writer = language_model_learner(TextDataLoaders.from_df(df, text_col="text", is_lm=True), AWD_LSTM)
        writer.fit_one_cycle(5)  # trains
        writer.export("writer.pkl")  # saves
        learn = tabular_learner(TabularDataLoaders.from_df(df, y_names="y"))
        learn.fine_tune(3)  # trains
        said, truth = learn.get_preds()  # predicts
        stored = load_learner("writer.pkl")  # loads
        stored.predict(df.iloc[0])  # predicts
    """,
    "labels that are written out in the code": """
        import sqlite3
        import joblib, pandas as pd
        model = joblib.load("m.joblib")
        said = model.predict(pd.read_csv("new.csv"))  # predicts
        rows = [{"label": "late" if one == 1 else "on time"} for one in said]
        pd.DataFrame(rows).to_csv("labels.csv")  # writes
        first = said[0]
        if first > 0.5:
            label = "late"
        else:
            label = "on time"
        def named(value):
            if value > 0.5:
                return 1
            return 0
        shop = sqlite3.connect("shop.db")
        shop.execute("INSERT INTO a (label) VALUES (?)", (label,))  # writes
        shop.execute("INSERT INTO b (label) VALUES (?)", (named(first),))  # writes
        shop.execute("INSERT INTO c (label) VALUES (?)", ({0: "on time", 1: "late"}[first],))  # writes
    """,
    "a prediction row by row": """
        import joblib, pandas as pd
        model = joblib.load("m.joblib")
        df = pd.read_csv("new.csv")
        df["p"] = df["x"].apply(lambda value: model.predict([value])[0])  # predicts
        df.to_csv("out.csv")  # writes
        def of_group(group):
            return pd.Series(model.predict(group[["x"]]))  # predicts
        df.groupby("k").apply(of_group).to_csv("by_group.csv")  # writes
    """,
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_graph_knows_what_each_line_does(name: str, graph_of: GraphOf) -> None:
    seen = graph_of({"main.py": PROGRAMS[name]})
    assert [said for said in marks(PROGRAMS[name]) if not known(seen, *said)] == []


def marks(program: str) -> list[tuple[int, str]]:
    """(line, what it does) for each word of the comments."""
    found = (
        (number, re.search(r"  # ([a-z ]+)$", line)) for number, line in enumerate(program.lstrip("\n").split("\n"), 1)
    )
    return [(number, word) for number, comment in found if comment for word in comment[1].split()]


def known(seen: Seen, line: int, what: str) -> bool:
    edges = [
        edge for edge in seen.graph.edges_of_kind(*KINDS[what])
        if any(site.line <= line <= site.end_line for site in edge.sites)
    ]  # fmt: skip
    return any(holds(seen, edge, what) for edge in edges)


def holds(seen: Seen, edge: Edge, what: str) -> bool:
    if what == "trains":
        return "dataset" in kinds_before(seen, edge.source)
    if what == "predicts":
        return "dataset" in kinds_before(seen, edge.target)
    if what == "writes":
        return seen.graph[edge.target].kind == "dataset" and "prediction" in kinds_before(seen, edge.target)
    return what != "saves" or seen.graph[edge.source].kind == "model"


def kinds_before(seen: Seen, node: str) -> set[str]:
    """Kinds of what a node was made from, not counting what only made the model."""
    found, waiting = {node}, [node]
    while waiting:
        here = waiting.pop()
        new = {edge.source for edge in seen.graph.into(here)} - found if seen.graph[here].kind != "model" else set()
        found |= new
        waiting += new
    return {seen.graph[one].kind for one in found}


REGISTRY = f"""{DATA}
import mlflow
from sklearn.linear_model import Ridge
with mlflow.start_run() as run:
    m = Ridge().fit(X, y)
    mlflow.sklearn.log_model(m, "model", registered_model_name="churn")
mlflow.register_model(f"runs:/{{run.info.run_id}}/model", "price")
"""


@pytest.mark.parametrize("uri", ["models:/churn/Production", "models:/churn@champion", "models:/price/latest"])
def test_a_registered_model_is_known_by_its_name_whatever_its_version(uri: str, graph_of: GraphOf) -> None:
    score = f"import mlflow, pandas as pd\nm = mlflow.pyfunc.load_model('{uri}')\n"
    score += "pd.Series(m.predict(pd.read_csv('n.csv'))).to_csv('scores.csv')\n"
    seen = graph_of({"train.py": REGISTRY, "score.py": score})
    assert seen.flows("data/train.csv", "scores.csv")
    assert seen.reads("score.py") == {f"mlflow://{uri}", "n.csv"}


def test_a_wrapper_carries_the_artifacts_that_are_packed_with_it(graph_of: GraphOf) -> None:
    program = f"""{DATA}
import joblib, mlflow
from sklearn.linear_model import Ridge
class Wrapper(mlflow.pyfunc.PythonModel):
    def predict(self, context, data):
        return data
joblib.dump(Ridge().fit(X, y), "ridge.joblib")
mlflow.pyfunc.log_model("w", python_model=Wrapper(), artifacts={{"m": "ridge.joblib"}}, registered_model_name="wrapped")
"""
    seen = graph_of(program)
    assert seen.stored("mlflow://wrapped").kind == "artifact"
    assert seen.flows("data/train.csv", "mlflow://wrapped")


def test_a_formula_names_the_columns_that_are_learned_from(graph_of: GraphOf) -> None:
    program = f'{DATA}import statsmodels.formula.api as smf\nsmf.ols("y ~ C(a) + np.log(b)", data=df).fit()\n'
    seen = graph_of(program)
    assert seen.trained() == [("a", "b")]
    assert seen.trained("LABELS") == [("y",)]


@pytest.mark.parametrize("text", ["'a sentence about files'", "['one', 'two.']", "'linear'"])
def test_words_that_a_model_is_given_are_no_files(text: str, graph_of: GraphOf) -> None:
    seen = graph_of(f"from sklearn.svm import SVC\nm = SVC()\nm.fit({text})\nm.predict({text})\n")
    assert seen.reads() == set()


@pytest.mark.parametrize("given", ["pd.DataFrame(x)", "np.random.rand(3) + x", "[1.0, *x]", "[[i] for i in x] + [[1]]"])
def test_an_unknown_argument_is_not_taken_for_data_written_in_the_code(given: str, graph_of: GraphOf) -> None:
    imports = "import numpy as np\nimport pandas as pd\nfrom sklearn.svm import SVC\n"
    seen = graph_of(f"{imports}def f(x):\n    SVC().fit({given}, x)\n")
    assert not list(seen.graph.of_kind("dataset"))


def test_an_instance_keeps_its_data_however_often_its_constructor_is_called(graph_of: GraphOf) -> None:
    calls = "\n".join(f"Step(X, {number}, 0).run()" for number in range(40))
    body = "\n".join(f"        self.unused_{number} = number + {number}" for number in range(8))
    program = f"""{DATA}
from sklearn.preprocessing import StandardScaler
class Step:
    def __init__(self, data, number, other):
        self.data = data
{body}
    def run(self):
        pass
class Scale(Step):
    def run(self):
        return StandardScaler().fit_transform(self.data)
{calls}
Scale(X, 99, 1).run()
"""
    assert graph_of(program).trained("FITS") == [("a", "b")]


def test_a_loaded_thing_that_gets_a_column_is_data(graph_of: GraphOf) -> None:
    program = """
        import pickle
        with open("raw.pkl", "rb") as f:
            df = pickle.load(f)
        df["low"] = df["text"].apply(str.lower)
        with open("clean.pkl", "wb") as f:
            pickle.dump(df[[c for c in df.columns if c != "text"]], f)
    """
    seen = graph_of(program)
    assert seen.stored("raw.pkl").kind == seen.stored("clean.pkl").kind == "dataset"
    assert seen.flows("raw.pkl", "clean.pkl")


@pytest.mark.parametrize(
    "program",
    [
        "from neuralprophet import NeuralProphet\nm = NeuralProphet()\ntrain, rest = m.split_df(df)\nm.fit(train)\n",
        "from skforecast.recursive import ForecasterRecursive\nm = ForecasterRecursive(lags=3)\nm.fit(y=df['y'])\n",
        "from arch import arch_model\nm = arch_model(df['y'])\nm.fit()\n",
    ],
)
def test_forecasts_learn_from_the_series_that_they_are_given(program: str, graph_of: GraphOf) -> None:
    seen = graph_of(f"import pandas as pd\ndf = pd.read_csv('series.csv')\n{program}")
    assert len(seen.trained()) == 1
    assert any(seen.flows("series.csv", node.name) for node in seen.graph.of_kind("model"))


def test_a_scorecard_is_made_of_a_model_and_kept(graph_of: GraphOf) -> None:
    code = """
        import pandas as pd
        from optbinning import BinningProcess
        from optbinning.scorecard import Scorecard
        from sklearn.linear_model import LogisticRegression
        df = pd.read_csv("loans.csv")
        card = Scorecard(binning_process=BinningProcess(["a"]), estimator=LogisticRegression())
        card.fit(df[["a"]], df["y"])
        card.save("card.pkl")
        Scorecard.load("card.pkl").predict_proba(pd.read_csv("new.csv"))
    """
    seen = graph_of(code)
    assert (seen.reads(), seen.writes()) == ({"loans.csv", "new.csv", "card.pkl"}, {"card.pkl"})
    assert seen.flows("loans.csv", "card.pkl")


def test_a_traced_function_is_the_function(graph_of: GraphOf) -> None:
    code = """
        import mlflow
        import pandas as pd
        from sklearn.linear_model import Ridge
        df = pd.read_csv("loans.csv")
        model = Ridge()
        mlflow.trace(model.fit, attributes={})(df[["a"]], df["y"])
    """
    assert graph_of(code).trained() == [("a",)]


def test_a_recommender_learns_from_tables_that_a_workflow_prepared(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import merlin.models.tf as mm
        import nvtabular as nvt
        from merlin.io.dataset import Dataset

        raw = Dataset("raw.parquet")
        workflow = nvt.Workflow.load("definition")
        workflow.fit(raw)
        workflow.transform(raw).to_parquet(output_path="ready")
        workflow.save("fitted")
        train = Dataset("ready/*.parquet")
        model = mm.DLRMModel(train.schema)
        model.fit(train)
        model.save("recommender")
    """)
    assert seen.reads() >= {"raw.parquet", "definition"}
    assert seen.writes() == {"ready", "fitted", "recommender"}
    assert seen.flows("raw.parquet", "ready")
    assert seen.flows("definition", "ready")
    assert "DLRMModel" in seen.models()
