"""Words that name nothing in particular: two repositories that both say `predictions` need not mean the same thing."""

from __future__ import annotations

_EVERYDAY = """
    a abc account accounts action actions active actual actuals address addresses admin agg aggregate aggregated
    aggregates ai airflow alert alerts algo algorithm all alpha analysis analytics anomalies anomaly answer answers
    api app application applications apps archive artifact artifacts asset assets async audit auth aws azure backend
    backup bad bar base baseline basic batch batches bert best beta bi big bigquery bin black blob blue bookings
    booster box bronze bst bucket buckets build by cache calendar campaign campaigns canary candidate candidates card
    cards cart cassandra catboost categories category central challenger champion changeme checkpoint checkpoints
    class classes classification classifier clean cleaned click clickhouse clicks client clients cloud cluster
    clusters cnn code cohort col cols column columns combined common company compute conf config configs connection
    consumer content context control conversions copy core corpus count country counts cpu cron csv cur current custom
    customer customers cv d dags dagster daily dashboard dashboards data database databases databricks dataframe
    datalake dataset datasets date dates day days db dbt dead debug decision decisions default delta deltalake demo
    dest dev development df dict dim dimension dir directory dl dlq dnn doc docker docs document documents domain
    download downloads drift driver duckdb dummy dvc dwh east edges elastic elasticsearch element email emails
    embedding embeddings employee employees encoded encoder engagement engine enriched ensemble entities entity env
    error errors estimate estimates estimator etl eu europe eval evaluation event events example examples experiment
    experiments explainer export exports external extract extracts fact facts fail failed fake feast feat feats
    feature features featurestore feed feedback fetch fetched field file files filtered final first flow fold folder
    foo forecast forecasts forest frame frontend fs full gamma gb gbm gcp generated get gold good google gpt gpu graph
    green group groups gru hash head health hist historical history hive holdout home host hour hourly hub id ids
    image images import imported in index inference info ingest ingestion input inputs instance int intermediate
    internal inventory invoice invoices isolation item items job jobs jovyan json jupyter k8s kafka keras key keys knn
    kubernetes label labeled labels lake lakehouse landed landing large lasso latest layer learn left lgbm lib
    lightgbm linear link links list live llm load loaded loader local localhost log logistic logreg logs lookup low
    lstm machine main map mapping mappings mart marts master match matrix mean member members memory message messages
    meta metadata metastore metric metrics minio minute ml mlflow mlops mlp mock mode model models mongo mongodb
    monitor monitoring month monthly movement my mybucket mymodel mysql mytable name names namespace nav net nets
    network new news next nlp nn node nodes none norm normalized north note notebook notebooks null num object objects
    ods of offline olap old oltp one online onnx op open operational ops opt option orchestration order orders org
    organization other out outcome outcomes output outputs page pages param parameters params parquet part partition
    partitions parts path payload payloads payment payments pca people per performance period person persons pickle
    pipeline pipelines pkl place placeholder plan point points pool post postgres postgresql posts pred predict
    predicted prediction predictions predictor preds prefect prep preprocess preprocessed preprocessing prev price
    prices primary priority private prob probs process processed processing processor prod product production products
    profile profiles project projects prototype provider proxy public purchase purchases push py python pytorch
    quality queries query question questions queue random rank ranking rate rates ratings raw rec recommendation
    recommendations recommender record records recs red redis redshift reduced ref reference refined region register
    registered registry regression regressor release rep replica repo report reports repository request requests res
    response responses rest result results retrain retraining return review reviews rf ridge right role root route row
    rows run runs runtime s3 sagemaker sale sales sample samples sandbox save saved scaled scaler schema schemas
    scikit score scored scores scoring script scripts sdk secondary seed segment segments sent sentiment sequence
    series serve server service services serving session sessions set sets setting settings shap shared shop shops
    signal signals silver sink site sites size sklearn small snapshot snapshots snowflake some source sources south
    spark split sql sqlite sqs src stage staged staging star stat state static statistics stats status step steps
    stock stocks storage store stored stores storing stream streaming streams string studio sub subject submission
    subscriber subscribers subset success summaries summary supplier svc svm synth synthetic sys system systems table
    tables tag tags target targets task tasks team teams temp template tensorflow terms test test1 tested testing
    tests text texts tf tfidf the thing things three ticket tickets tiny title tmp tmps to todo token tokens tool
    tools top topic topics torch total tracking traffic train trained trainer training transaction transactions
    transform transformed transformer tree trees trial true truth tune tuned two type types ubuntu uk unified unit
    units unknown unseen update updated updates upload uploads url urls us use used user users usr utils v val valid
    validate validated validation value values variables vector vectors version versions vertex video videos view
    views visit visits vocab volume warehouse web website week weekly weight weights west wide window work worker
    workers workflow working workspace x xgb xgboost xxx y year yearly your z zone
"""
_TUTORIAL = """
    abalone ads adult advertising age airbnb airline airlines amazon arrivals article articles attrition auto avocado
    bank banking basket bike bikes book books boston breast cab california call calls cancer car cars cat cats census
    charges churn cifar cifar10 city claim claims college conversion cover covertype covid crash credit crime criteo
    ctr currency defaulter defaulters delay delays deliveries delivery demand departures diabetes diamonds digits
    disease dog dogs drivers earthquake ecommerce electricity energy eta exchange face faces fare fares fashion fico
    financial fire fish flight flights flower flowers food football fraud fraudulent game games gender german grade
    grades hospital hotel hotels house household houses housing hr imagenet imdb income industrial insurance
    investment iot iris jaffle lead leads lending lifetime listing listings loan loans location locations loyalty ltv
    maintenance mall manufacturing market marketing matches merchant merchants mnist money mortgage movie movielens
    movies mpg music netflix newsgroup nyc olist parking passenger passengers patient patients penguin penguins plant
    player players power premium premiums pricing propensity property quake radar rain reddit rental rentals
    restaurant restaurants retail retention revenue ride rides risk rossmann salaries salary search sensor sensors
    ship shopping song songs spaceship spam sport sports station stations stroke student students subscription
    superstore survival survived taxi taxis telco telecom temperature titanic toxic trade trades transit transport
    travel trip trips turnover tweet tweets twitter uber unemployment vehicle vehicles visitor walmart water weather
    wholesale wikipedia wine wines yellow yelp youtube zillow
"""

EVERYDAY = frozenset(_EVERYDAY.split())
"""Roles, formats, tools and common nouns of the trade: they say nothing about what is meant."""

TUTORIAL = frozenset(_TUTORIAL.split())
"""What examples are about, everywhere: two that predict churn need have nothing else in common."""
