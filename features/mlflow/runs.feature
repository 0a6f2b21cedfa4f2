Feature: A run holds what was logged while a model was made
  A client starts a run in an experiment, logs parameters, metrics and tags, and says at the end how it went.

  Rule: A run belongs to an experiment

    Background:
      Given "experiment" is a new name
      And "createExperiment" is called with
        | name  | value           |
        | /name | "${experiment}" |
      And the response field "/experiment_id" is remembered as "experiment_id"

    @writes
    Scenario: A client starts a run
      When "createRun" is called with
        | name           | value              |
        | /experiment_id | "${experiment_id}" |
      Then the status is 200
      And the exchange conforms
      And the response field "/run/info/run_id" matches "^[0-9a-f]{32}$"
      And the response field "/run/info/experiment_id" is "${experiment_id}"
      And the response field "/run/info/status" is "RUNNING"
      And the response field "/run/info/user_id" equals the request field "/user_id"
      And the response field "/run/info/start_time" equals the request field "/start_time"
      And the response field "/run/data/params" is absent
      And the exchange equals the snapshot "create-run"

    @writes
    Scenario: A run that has just started is read without parameters and metrics
      Given "createRun" is called with
        | name           | value              |
        | /experiment_id | "${experiment_id}" |
      And the response field "/run/info/run_id" is remembered as "run"
      When "getRun" is called with
        | name   | value  |
        | run_id | ${run} |
      Then the status is 200
      And the exchange conforms
      And the response field "/run/info/run_id" is "${run}"
      And the response field "/run/data/params" is absent
      And the response field "/run/data/metrics" is absent
      And the exchange equals the snapshot "get-run-fresh"

  Rule: What is logged is what is read

    Background:
      Given "experiment" is a new name
      And "createExperiment" is called with
        | name  | value           |
        | /name | "${experiment}" |
      And the response field "/experiment_id" is remembered as "experiment_id"
      And "createRun" is called with
        | name           | value              |
        | /experiment_id | "${experiment_id}" |
      And the response field "/run/info/run_id" is remembered as "run"

    @writes
    Scenario: Parameters, metrics and tags come back with the run
      Each call that logs is answered with an empty object.
      When "logParameter" is called with
        | name    | value    |
        | /run_id | "${run}" |
      Then the status is 200
      And the exchange equals the snapshot "log-parameter"
      When "logMetric" is called with
        | name    | value    |
        | /run_id | "${run}" |
      Then the status is 200
      And the exchange equals the snapshot "log-metric"
      When "setTag" is called with
        | name    | value    |
        | /run_id | "${run}" |
      Then the status is 200
      And the exchange equals the snapshot "set-tag"
      When "logBatch" is called with
        | name            | value    |
        | /run_id         | "${run}" |
        | /metrics/0/step | 7        |
      Then the status is 200
      And the exchange equals the snapshot "log-batch"
      When "getRun" is called with
        | name   | value  |
        | run_id | ${run} |
      Then the status is 200
      And the exchange conforms
      And the response field "/run/data/params" has 2 items
      And the response field "/run/data/params/0/key" is "depth"
      And the response field "/run/data/params/0/value" is "3"
      And the response field "/run/data/metrics" has 2 items
      And the response field "/run/data/metrics/0/key" is "auc"
      And the response field "/run/data/metrics/1/step" is 7
      And the response field "/run/info/run_uuid" is "${run}"
      And the response field "/run/data/tags" has 3 items
      And the exchange equals the snapshot "get-run"

    @writes
    Scenario: A parameter keeps its first value
      Given "logParameter" is called with
        | name    | value    |
        | /run_id | "${run}" |
        | /value  | "3"      |
      When "logParameter" is called with
        | name    | value    |
        | /run_id | "${run}" |
        | /value  | "4"      |
      Then it is refused as "parameterChanged"
      And the response conforms
      And the exchange equals the snapshot "parameter-changed"

    @writes
    Scenario Outline: "<operation>" without <field> is refused
      Given a call of "<operation>" with
        | name    | value    |
        | /run_id | "${run}" |
      And the field "<field>" is left out
      When the call is sent
      Then it is refused as "invalidParameter"
      And the response conforms

      Examples:
        | operation    | field   |
        | logParameter | /key    |
        | logMetric    | /value  |
        | setTag       | /key    |

    @writes
    Scenario: A run that has finished says so
      When "updateRun" is called with
        | name    | value    |
        | /run_id | "${run}" |
      Then the status is 200
      And the exchange conforms
      And the response field "/run_info/run_id" is "${run}"
      And the response field "/run_info/run_uuid" is "${run}"
      And the response field "/run_info/status" is "FINISHED"
      And the response field "/run_info/end_time" equals the request field "/end_time"
      And the exchange equals the snapshot "update-run"

  Rule: Nothing is logged to what does not exist

    Scenario: Logging to a run that nobody started is refused
      When "logMetric" is called with
        | name    | value                              |
        | /run_id | "00000000000000000000000000000000" |
      Then it is refused as "runUnknown"
      And the exchange conforms
      And the response field "/error_code" is "RESOURCE_DOES_NOT_EXIST"

    Scenario Outline: "<operation>" of a run that nobody started is refused
      When "<operation>" is called with
        | name    | value                              |
        | /run_id | "00000000000000000000000000000000" |
      Then it is refused as "runUnknown"
      And the exchange conforms

      Examples:
        | operation    |
        | logParameter |
        | setTag       |
        | logBatch     |
        | updateRun    |

    Scenario: Reading a run without saying which is another refusal
      Given a call of "getRun"
      And the parameter "run_id" is left out
      When the call is sent
      Then it is refused as "invalidParameter"

    Scenario: Reading a run that nobody started is refused
      When "getRun" is called with
        | name   | value                              |
        | run_id | "00000000000000000000000000000000" |
      Then it is refused as "runUnknown"
      And the exchange equals the snapshot "run-unknown"

    Scenario: A run in an experiment that does not exist is refused
      When "createRun" is called with
        | name           | value      |
        | /experiment_id | "99999999" |
      Then it is refused as "experimentIdUnknown"
      And the exchange conforms
      And the exchange equals the snapshot "experiment-id-unknown"

    @incident
    Scenario: A run without an experiment is refused, in whichever words
      MLflow's list of errors says INVALID_PARAMETER_VALUE. On the wire the database finds it out, and it is BAD_REQUEST.
      Given a call of "createRun"
      And the field "/experiment_id" is left out
      When the call is sent
      Then it is refused as "experimentMissing"
      And the response conforms
      And the exchange equals the snapshot "experiment-missing"
