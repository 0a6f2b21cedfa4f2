Feature: Models are registered, and aliases point at their versions
  What serves asks the registry for an alias such as "champion" and gets a version. Whoever trains moves the alias.

  Rule: A registered model has versions that count from 1

    Background:
      Given "model" is a new name
      And "createRegisteredModel" is called with
        | name  | value      |
        | /name | "${model}" |

    @writes
    Scenario: A client registers a model
      Given "other" is a new name
      When "createRegisteredModel" is called with
        | name  | value      |
        | /name | "${other}" |
      Then the status is 200
      And the exchange conforms
      And the response field "/registered_model/name" is "${other}"
      And the exchange equals the snapshot "create-registered-model"

    @writes
    Scenario: A model's name is its own
      When "createRegisteredModel" is called with
        | name  | value      |
        | /name | "${model}" |
      Then it is refused as "modelTaken"
      And the response conforms
      And the exchange equals the snapshot "model-taken"

    @writes
    Scenario: A registered model is read by its name
      MLflow 3's client does so after it has added a version, and again behind each alias that it reads.
      When "getRegisteredModel" is called with
        | name | value    |
        | name | ${model} |
      Then the status is 200
      And the exchange conforms
      And the response field "/registered_model/name" is "${model}"
      And the exchange equals the snapshot "get-registered-model"

    @writes
    Scenario: A version knows its run
      Given "experiment" is a new name
      And "createExperiment" is called with
        | name  | value           |
        | /name | "${experiment}" |
      And the response field "/experiment_id" is remembered as "experiment_id"
      And "createRun" is called with
        | name           | value              |
        | /experiment_id | "${experiment_id}" |
      And the response field "/run/info/run_id" is remembered as "run"
      And the response field "/run/info/artifact_uri" is remembered as "artifacts"
      When "createModelVersion" is called with
        | name    | value                |
        | /name   | "${model}"           |
        | /source | "${artifacts}/model" |
        | /run_id | "${run}"             |
      Then the status is 200
      And the exchange conforms
      And the response field "/model_version/name" is "${model}"
      And the response field "/model_version/version" is "1"
      And the response field "/model_version/run_id" is "${run}"
      And the response field "/model_version/source" equals the request field "/source"
      And the exchange equals the snapshot "create-model-version"

    @writes
    Scenario: A version without a source is refused
      Given a call of "createModelVersion" with
        | name  | value      |
        | /name | "${model}" |
      And the field "/source" is left out
      When the call is sent
      Then it is refused as "invalidParameter"

  Rule: A version belongs to a registered model

    Scenario: A model that nobody registered is not found
      When "getRegisteredModel" is called with
        | name | value         |
        | name | no-such-model |
      Then it is refused as "modelUnknown"
      And the exchange conforms

    Scenario: A version of a model that nobody registered is refused
      When "createModelVersion" is called with
        | name  | value           |
        | /name | "no-such-model" |
      Then it is refused as "modelUnknown"
      And the exchange conforms
      And the response field "/error_code" is "RESOURCE_DOES_NOT_EXIST"
      And the exchange equals the snapshot "model-unknown"
