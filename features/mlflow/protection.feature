Feature: Each call that writes or reads an entity needs a key
  Each call is made three times on the same path: with a right key, with none and with a wrong one. What it needs is created first.
  Nothing here holds for a server that is called directly.

  Rule: Experiments and runs need a key

    Background:
      Given "experiment" is a new name
      And "createExperiment" is called with
        | name  | value           |
        | /name | "${experiment}" |
      And the response field "/experiment_id" is remembered as "experiment_id"

    @proxy @writes
    Scenario: Experiments are created by those who hold a key
      Given "other" is a new name
      And a call of "createExperiment" with
        | name  | value      |
        | /name | "${other}" |
      Then "createExperiment" opens to its credential only

    @proxy @writes
    Scenario: Runs are started by those who hold a key
      Given a call of "createRun" with
        | name           | value              |
        | /experiment_id | "${experiment_id}" |
      Then "createRun" opens to its credential only

    @proxy @writes
    Scenario Outline: "<operation>" needs a key
      Given "createRun" is called with
        | name           | value              |
        | /experiment_id | "${experiment_id}" |
      And the response field "/run/info/run_id" is remembered as "run"
      And a call of "<operation>" with
        | name    | value    |
        | <field> | "${run}" |
      Then "<operation>" opens to its credential only

      Examples:
        | operation    | field   |
        | logParameter | /run_id |
        | logMetric    | /run_id |
        | setTag       | /run_id |
        | logBatch     | /run_id |
        | updateRun    | /run_id |
        | getRun       | run_id  |

    @proxy @fake
    Scenario: A key that may read may not write
      Given the fake answers with "scopeMissing"
      And a call of "createRun" with
        | name           | value              |
        | /experiment_id | "${experiment_id}" |
      When the call is sent
      Then it is refused as "scopeMissing"
      And the exchange conforms
      And the exchange equals the snapshot "scope-missing"

    @proxy @fake
    Scenario Outline: A key that may read may not use "<operation>"
      Given the fake answers with "scopeMissing"
      When "<operation>" is called
      Then it is refused as "scopeMissing"
      And the exchange conforms

      Examples:
        | operation             |
        | createExperiment      |
        | logParameter          |
        | logMetric             |
        | setTag                |
        | logBatch              |
        | updateRun             |
        | createRegisteredModel |
        | createModelVersion    |
        | setAlias              |
        | deleteAlias           |

  Rule: The registry needs a key

    Background:
      Given "model" is a new name
      And "createRegisteredModel" is called with
        | name  | value      |
        | /name | "${model}" |
      And a call of "createModelVersion" with
        | name    | value                            |
        | /name   | "${model}"                       |
        | /source | "mlflow-artifacts:/models/first" |
      And the field "/run_id" is left out
      And the call is sent
      And the response field "/model_version/version" is remembered as "version"
      And "setAlias" is called with
        | name     | value        |
        | /name    | "${model}"   |
        | /version | "${version}" |

    @proxy @writes
    Scenario: Models are registered by those who hold a key
      Given "other" is a new name
      And a call of "createRegisteredModel" with
        | name  | value      |
        | /name | "${other}" |
      Then "createRegisteredModel" opens to its credential only

    @proxy @writes
    Scenario: Versions are added by those who hold a key
      Given a call of "createModelVersion" with
        | name    | value                             |
        | /name   | "${model}"                        |
        | /source | "mlflow-artifacts:/models/second" |
      And the field "/run_id" is left out
      Then "createModelVersion" opens to its credential only

    @proxy @writes
    Scenario: Aliases are set by those who hold a key
      Given a call of "setAlias" with
        | name     | value        |
        | /name    | "${model}"   |
        | /version | "${version}" |
      Then "setAlias" opens to its credential only

    @proxy @writes
    Scenario Outline: "<operation>" of an alias needs a key
      Given a call of "<operation>" with
        | name    | value      |
        | <field> | "${model}" |
      Then "<operation>" opens to its credential only

      Examples:
        | operation   | field |
        | getAlias    | name  |
        | deleteAlias | /name |

    @proxy @writes
    Scenario: A registered model is read by those who hold a key
      Given a call of "getRegisteredModel" with
        | name | value    |
        | name | ${model} |
      Then "getRegisteredModel" opens to its credential only
