Feature: MLflow's own client registers a model
  The calls that the Python client makes, one after the other, from the experiment to the alias: MLflow 2 and 3 make the same ones, but
  for the model that MLflow 3 reads once more. What the client has stored is what it reads.

  Rule: What was stored in one call is read in the next ones

    @writes
    Scenario: From an experiment to the version that "champion" points at
      Each call that names a run does so twice, by `run_id` and by its old name.
      Given "experiment" is a new name
      And "model" is a new name
      When "createExperiment" is called with
        | name  | value           |
        | /name | "${experiment}" |
      And the response field "/experiment_id" is remembered as "experiment_id"
      And "getExperimentByName" is called with
        | name            | value         |
        | experiment_name | ${experiment} |
      Then the response field "/experiment/experiment_id" is "${experiment_id}"
      When "searchExperiments" is called with
        | name         | value                    |
        | /max_results | 1000                     |
        | /filter      | "name = '${experiment}'" |
      Then the response field "/experiments" has 1 items
      And the response field "/experiments/0/experiment_id" is "${experiment_id}"
      When "createRun" is called with
        | name           | value              |
        | /experiment_id | "${experiment_id}" |
        | /user_id       | "trainer"          |
        | /run_name      | "nightly"          |
        | /start_time    | 1766904259123      |
        | /tags          | []                 |
      Then the exchange conforms
      And the response field "/run/info/run_name" is "nightly"
      And the response field "/run/info/run_id" is remembered as "run"
      And the response field "/run/info/artifact_uri" is remembered as "artifacts"
      When "logParameter" is called with
        | name      | value    |
        | /run_id   | "${run}" |
        | /run_uuid | "${run}" |
        | /key      | "trees"  |
        | /value    | "40"     |
      And "logMetric" is called with
        | name       | value         |
        | /run_id    | "${run}"      |
        | /run_uuid  | "${run}"      |
        | /key       | "recall"      |
        | /value     | 0.25          |
        | /timestamp | 1766904259700 |
        | /step      | 3             |
      And "setTag" is called with
        | name      | value    |
        | /run_id   | "${run}" |
        | /run_uuid | "${run}" |
        | /key      | "owner"  |
        | /value    | "leads"  |
      And "logBatch" is called with
        | name     | value                                                                      |
        | /run_id  | "${run}"                                                                   |
        | /params  | [{"key": "leaves", "value": "8"}, {"key": "penalty", "value": "l1=0.5"}] |
        | /metrics | [{"key": "recall", "value": 0.75, "timestamp": 1766904259800, "step": 4}]  |
        | /tags    | [{"key": "kind", "value": "trial"}]                                        |
      And "getRun" is called with
        | name     | value  |
        | run_id   | ${run} |
        | run_uuid | ${run} |
      Then the exchange conforms
      And the response field "/run/info/experiment_id" is "${experiment_id}"
      And the response field "/run/info/artifact_uri" is "${artifacts}"
      And the response field "/run/info/user_id" is "trainer"
      And the response field "/run/info/run_name" is "nightly"
      And the response field "/run/info/start_time" is 1766904259123
      And the response field "/run/info/status" is "RUNNING"
      And the response field "/run/info/end_time" is absent
      And the response field "/run/data/params" has 3 items
      And the response field "/run/data/params/0/key" is "trees"
      And the response field "/run/data/params/0/value" is "40"
      And the response field "/run/data/params/1/key" is "leaves"
      And the response field "/run/data/params/1/value" is "8"
      And the response field "/run/data/params/2/value" is "l1=0.5"
      And the response field "/run/data/metrics" has 1 items
      And the response field "/run/data/metrics/0/key" is "recall"
      And the response field "/run/data/metrics/0/value" is 0.75
      And the response field "/run/data/metrics/0/timestamp" is 1766904259800
      And the response field "/run/data/metrics/0/step" is 4
      And the response field "/run/data/tags" has 3 items
      And the response field "/run/data/tags/0/value" is "nightly"
      And the response field "/run/data/tags/1/key" is "owner"
      And the response field "/run/data/tags/1/value" is "leads"
      And the response field "/run/data/tags/2/value" is "trial"
      When "createRegisteredModel" is called with
        | name  | value      |
        | /name | "${model}" |
      And "createModelVersion" is called with
        | name    | value                |
        | /name   | "${model}"           |
        | /source | "${artifacts}/model" |
        | /run_id | "${run}"             |
      And the response field "/model_version/version" is remembered as "version"
      And "getRegisteredModel" is called with
        | name | value    |
        | name | ${model} |
      Then the exchange conforms
      And the response field "/registered_model/name" is "${model}"
      When "setAlias" is called with
        | name     | value        |
        | /name    | "${model}"   |
        | /alias   | "champion"   |
        | /version | "${version}" |
      And "getAlias" is called with
        | name  | value    |
        | name  | ${model} |
        | alias | champion |
      Then the status is 200
      And the exchange conforms
      And the response field "/model_version/name" is "${model}"
      And the response field "/model_version/version" is "${version}"
      And the response field "/model_version/run_id" is "${run}"
      And the response field "/model_version/source" is "${artifacts}/model"
      When "deleteAlias" is called with
        | name   | value      |
        | /name  | "${model}" |
        | /alias | "champion" |
      And "getAlias" is called with
        | name  | value    |
        | name  | ${model} |
        | alias | champion |
      Then it is refused as "aliasUnknown"
      When "updateRun" is called with
        | name      | value         |
        | /run_id   | "${run}"      |
        | /run_uuid | "${run}"      |
        | /end_time | 1766904299456 |
      Then the status is 200
      And the response field "/run_info/status" is "FINISHED"
      And the response field "/run_info/run_name" is "nightly"
      And the response field "/run_info/artifact_uri" is "${artifacts}"
      When "getRun" is called with
        | name   | value  |
        | run_id | ${run} |
      Then the exchange conforms
      And the response field "/run/info/status" is "FINISHED"
      And the response field "/run/info/end_time" is 1766904299456

  Rule: The client may say who it is

    Scenario: MLflow 3's client sends its version with each call
      Given a call of "searchExperiments"
      And the header "X-MLflow-Client-Version" is "3.10.1"
      When the call is sent
      Then the status is 200
      And the exchange conforms

    @writes
    Scenario: It does so with a call that deletes, too
      Given "model" is a new name
      And "createRegisteredModel" is called with
        | name  | value      |
        | /name | "${model}" |
      And a call of "deleteAlias" with
        | name  | value      |
        | /name | "${model}" |
      And the header "X-MLflow-Client-Version" is "3.10.1"
      When the call is sent
      Then the status is 200
      And the exchange conforms
