"""A third party registers a model with the real `mlflow` client, from the experiment to the alias. (contract mlflow)

MLFLOW_TRACKING_URI    where MLflow answers, without /api/2.0/mlflow
MLFLOW_TRACKING_TOKEN  a key that may write; the client sends it as `Authorization: Bearer`

Any MLflow of `mlflow-2.txt` or `mlflow-3.txt` will do. Every name is new, so it may run again and again. It prints a line a
step, and fails where what it reads is not what it wrote.
"""

import os
import sys
import time
import uuid

# Nothing but the tracking server is to be called, without a proxy of the environment, and once.
os.environ |= {"MLFLOW_DISABLE_TELEMETRY": "true", "NO_PROXY": "*", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}

import mlflow
from mlflow.entities import Metric, Param, Run, RunTag
from mlflow.exceptions import MlflowException

ALIAS = "champion"


def main() -> None:
    for variable in ("MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN"):
        if not os.environ.get(variable):
            sys.exit(f"{variable} is not set")
    client = mlflow.MlflowClient()
    say(f"mlflow {mlflow.__version__} at {mlflow.get_tracking_uri()}")
    name = f"leads-{uuid.uuid4().hex[:12]}"
    experiment_id = create_and_find_experiment(client, name)
    run = train(client, experiment_id)
    version = register(client, name, run)
    set_and_delete_alias(client, name, version, run)
    finish(client, run)
    train_fluently(client, name)
    print("every answer was as it should be")


def create_and_find_experiment(client: mlflow.MlflowClient, name: str) -> str:
    """The experiment that was created is found by its name, by its id and by a search."""
    experiment_id = client.create_experiment(name)
    say(f"created the experiment {name}, {experiment_id}")
    same("the experiment of the name", client.get_experiment_by_name(name).experiment_id, experiment_id)
    same("the name of the experiment", client.get_experiment(experiment_id).name, name)
    found = client.search_experiments(filter_string=f"name = '{name}'")
    same("the experiments found", [each.experiment_id for each in found], [experiment_id])
    same("the experiment of a name that nobody used", client.get_experiment_by_name(f"{name}-other"), None)
    return experiment_id


def train(client: mlflow.MlflowClient, experiment_id: str) -> Run:
    """A run with parameters, metrics and tags, one by one and in a batch."""
    run = client.create_run(experiment_id, run_name="nightly")
    run_id = run.info.run_id
    say(f"started the run {run_id}")
    client.log_param(run_id, "trees", 40)
    client.log_metric(run_id, "recall", 0.25)
    client.set_tag(run_id, "owner", "leads")
    now = int(time.time() * 1000)
    client.log_batch(
        run_id,
        metrics=[Metric("loss", 0.4, now, 0), Metric("loss", 0.2, now, 1)],
        params=[Param("leaves", "8"), Param("penalty", "l1=0.5")],
        tags=[RunTag("kind", "trial")],
    )
    read = client.get_run(run_id)
    same("the run's experiment", read.info.experiment_id, experiment_id)
    same("the run's name", read.info.run_name, "nightly")
    same("the run's status", read.info.status, "RUNNING")
    same("where the run's artifacts are", read.info.artifact_uri, run.info.artifact_uri)
    same("the parameters", read.data.params, {"trees": "40", "leaves": "8", "penalty": "l1=0.5"})
    same("the metrics", read.data.metrics, {"recall": 0.25, "loss": 0.2})
    same("the tag", read.data.tags["owner"], "leads")
    same("the tag of the batch", read.data.tags["kind"], "trial")
    say("logged parameters, metrics and tags")
    return run


def register(client: mlflow.MlflowClient, name: str, run: Run) -> str:
    """A registered model with one version, which knows its run. Returns the version."""
    same("the model's name", client.create_registered_model(name).name, name)
    created = client.create_model_version(name, f"{run.info.artifact_uri}/model", run.info.run_id)
    same("the version's model", created.name, name)
    same("the version's run", created.run_id, run.info.run_id)
    same("the first version", created.version, "1")
    say(f"registered version {created.version} of {name}")
    return created.version


def set_and_delete_alias(client: mlflow.MlflowClient, name: str, version: str, run: Run) -> None:
    """The alias points at the version until it is deleted."""
    client.set_registered_model_alias(name, ALIAS, version)
    served = client.get_model_version_by_alias(name, ALIAS)
    same("the version behind the alias", served.version, version)
    same("its run", served.run_id, run.info.run_id)
    same("its source", served.source, f"{run.info.artifact_uri}/model")
    same("its aliases", served.aliases, [ALIAS])
    say(f"{ALIAS} points at version {served.version}")
    client.delete_registered_model_alias(name, ALIAS)
    try:
        left = client.get_model_version_by_alias(name, ALIAS)
    except MlflowException as refusal:
        same("the refusal of an alias that is gone", refusal.error_code, "INVALID_PARAMETER_VALUE")
    else:
        raise AssertionError(f"{ALIAS} was deleted and still points at version {left.version}")
    say(f"{ALIAS} is gone")


def finish(client: mlflow.MlflowClient, run: Run) -> None:
    """The run has ended, and says so when it is read."""
    before = int(time.time() * 1000)
    client.set_terminated(run.info.run_id)
    ended = client.get_run(run.info.run_id).info
    same("the run's status at its end", ended.status, "FINISHED")
    assert ended.end_time >= before, f"the run's end: wanted {before} or later, seen {ended.end_time}"
    say(f"finished the run {run.info.run_id}")


def train_fluently(client: mlflow.MlflowClient, name: str) -> None:
    """The same with the functions of the module, as notebooks do: they find the experiment and end the run themselves."""
    mlflow.set_experiment(name)
    with mlflow.start_run(run_name="weekly") as run:
        mlflow.log_params({"trees": 60, "leaves": 4})
        mlflow.log_metrics({"recall": 0.5})
        mlflow.set_tag("owner", "leads")
    read = client.get_run(run.info.run_id)
    same("the parameters of the second run", read.data.params, {"trees": "60", "leaves": "4"})
    same("its metrics", read.data.metrics, {"recall": 0.5})
    same("its tag", read.data.tags["owner"], "leads")
    same("its name", read.info.run_name, "weekly")
    same("its status at its end", read.info.status, "FINISHED")
    say(f"finished the run {run.info.run_id}")


def same(what: str, seen: object, wanted: object) -> None:
    assert seen == wanted, f"{what}: wanted {wanted!r}, seen {seen!r}"


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
