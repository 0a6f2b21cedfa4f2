"""Registers a model the way a third party does: with the real `mlflow` client, from the experiment to the alias.

The server and the key come from MLFLOW_TRACKING_URI and MLFLOW_TRACKING_TOKEN. Every name is new, so it may run again and
again. It prints a line a step, and ends with an AssertionError where what it reads is not what it wrote.
"""

import os
import sys
import time
import uuid

# Nothing but the tracking server is to be called.
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

import mlflow
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

ALIAS = "champion"


def main() -> None:
    for variable in ("MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN"):
        if not os.environ.get(variable):
            sys.exit(f"{variable} is not set")
    client = MlflowClient()
    say(f"mlflow {mlflow.__version__} at {mlflow.get_tracking_uri()}")
    name = f"leads-{uuid.uuid4().hex[:12]}"
    experiment_id = create_and_find_experiment(client, name)
    run = train(client, experiment_id)
    version = register(client, name, run)
    move_alias(client, name, version, run)
    finish(client, run)
    say("registered")


def create_and_find_experiment(client: MlflowClient, name: str) -> str:
    """The experiment that was created is found by its name, and by a search for it."""
    experiment_id = client.create_experiment(name)
    say(f"created experiment {experiment_id}")
    by_name = client.get_experiment_by_name(name)
    same("the experiment by name", by_name.experiment_id, experiment_id)
    same("its name", by_name.name, name)
    found = client.search_experiments(filter_string=f"name = '{name}'")
    same("the experiments found", [each.experiment_id for each in found], [experiment_id])
    same("an experiment that nobody created", client.get_experiment_by_name(f"{name}-other"), None)
    return experiment_id


def train(client: MlflowClient, experiment_id: str):
    """A run with a parameter, metrics and tags, one by one and in a batch. All of it comes back with the run."""
    from mlflow.entities import Metric, Param, RunTag

    run = client.create_run(experiment_id, run_name="first")
    run_id = run.info.run_id
    say(f"started run {run_id}")
    same("the run's experiment", run.info.experiment_id, experiment_id)
    client.log_param(run_id, "depth", 3)
    client.log_metric(run_id, "auc", 0.91)
    client.set_tag(run_id, "team", "sales")
    now = int(time.time() * 1000)
    client.log_batch(
        run_id,
        metrics=[Metric("loss", 0.4, now, 0), Metric("loss", 0.2, now, 1)],
        params=[Param("rate", "0.1")],
        tags=[RunTag("kind", "nightly")],
    )
    read = client.get_run(run_id)
    same("the run's status", read.info.status, "RUNNING")
    same("the parameters", read.data.params, {"depth": "3", "rate": "0.1"})
    same("the metrics", read.data.metrics, {"auc": 0.91, "loss": 0.2})
    same("the tag", read.data.tags["team"], "sales")
    same("the tag of the batch", read.data.tags["kind"], "nightly")
    say("logged parameters, metrics and tags")
    return run


def register(client: MlflowClient, name: str, run) -> str:
    """A registered model with one version, which knows its run."""
    model = client.create_registered_model(name, description="Scores leads.")
    same("the model's name", model.name, name)
    created = client.create_model_version(name, f"{run.info.artifact_uri}/model", run.info.run_id)
    same("the version's model", created.name, name)
    same("the version's run", created.run_id, run.info.run_id)
    same("the first version", str(created.version), "1")
    say(f"registered version {created.version} of {name}")
    return created.version


def move_alias(client: MlflowClient, name: str, version: str, run) -> None:
    """An alias that is set is read, one that is deleted is gone."""
    client.set_registered_model_alias(name, ALIAS, version)
    served = client.get_model_version_by_alias(name, ALIAS)
    same("the version behind the alias", str(served.version), str(version))
    same("its run", served.run_id, run.info.run_id)
    same("its source", served.source, f"{run.info.artifact_uri}/model")
    same("its aliases", served.aliases, [ALIAS])
    say(f"{ALIAS} points at version {served.version}")
    client.delete_registered_model_alias(name, ALIAS)
    try:
        left = client.get_model_version_by_alias(name, ALIAS)
    except MlflowException as refusal:
        same("the refusal of a deleted alias", refusal.error_code, "INVALID_PARAMETER_VALUE")
    else:
        raise AssertionError(f"{ALIAS} was deleted, and still points at version {left.version}")
    say(f"{ALIAS} is gone")


def finish(client: MlflowClient, run) -> None:
    """The run ends, and says so when it is read."""
    client.set_terminated(run.info.run_id)
    ended = client.get_run(run.info.run_id).info
    same("the run's status at the end", ended.status, "FINISHED")
    assert ended.end_time, "the run that has ended has no end"
    say("the run is FINISHED")


def same(what: str, seen: object, wanted: object) -> None:
    assert seen == wanted, f"{what}: wanted {wanted!r}, seen {seen!r}"


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
