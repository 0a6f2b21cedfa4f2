Feature: What MLflow takes in a field, and what it refuses
  MLflow reads JSON by the rules of its protocol buffers: null counts as left out, and a field that it does not know is no fault. What it
  cannot do without it refuses.

  Rule: A search takes what is optional, or does without it

    Scenario Outline: "<operation>" takes <value> in <field>
      Given a call of "<operation>"
      And the field "<field>" is <value>
      When the call is sent
      Then the status is 200
      And the exchange conforms

      Examples:
        | operation         | value    | field       |
        | searchExperiments | null     | /view_type  |
        | searchExperiments | ""       | /view_type  |
        | searchExperiments | "ALL"    | /view_type  |
        | searchExperiments | null     | /filter     |
        | searchExperiments | ""       | /filter     |
        | searchExperiments | null     | /order_by   |
        | searchExperiments | []       | /order_by   |
        | searchExperiments | ["name"] | /order_by   |
        | searchExperiments | null     | /page_token |
        | searchExperiments | ""       | /page_token |
        | searchExperiments | 1        | /unknown    |

    Scenario Outline: "<operation>" refuses <value> in <field>
      Given a call of "<operation>"
      And the field "<field>" is <value>
      When the call is sent
      Then it is refused as "invalidParameter"
      And the response conforms

      Examples:
        | operation         | value | field        |
        | searchExperiments | null  | /max_results |
        | searchExperiments | "z"   | /order_by    |
        | searchExperiments | [""]  | /order_by    |
        | searchExperiments | 5     | /page_token  |

    Scenario Outline: In the query "<operation>" takes <value> as <parameter>
      Given a call of "<operation>"
      And the parameter "<parameter>" is <value>
      When the call is sent
      Then the status is 200
      And the exchange conforms

      Examples:
        | operation                | value | parameter   |
        | searchExperimentsByQuery | 50000 | max_results |
        | searchExperimentsByQuery | "ALL" | view_type   |
        | searchExperimentsByQuery | ""    | view_type   |
        | searchExperimentsByQuery | ""    | filter      |
        | searchExperimentsByQuery | ""    | page_token  |

    Scenario Outline: In the query "<operation>" refuses <value> as <parameter>
      Given a call of "<operation>"
      And the parameter "<parameter>" is <value>
      When the call is sent
      Then it is refused as "invalidParameter"
      And the response conforms

      Examples:
        | operation                | value | parameter       |
        | searchExperimentsByQuery | 0     | max_results     |
        | getExperiment            | ""    | experiment_id   |
        | getExperimentByName      | ""    | experiment_name |
        | getRun                   | ""    | run_id          |
        | getAlias                 | ""    | name            |
        | getRegisteredModel       | ""    | name            |
        | getAlias                 | ""    | alias           |

    Scenario: A search among the deleted experiments does not find one that is there
      Given a call of "searchExperiments"
      And the field "/filter" is "name = 'Default'"
      And the field "/view_type" is "DELETED_ONLY"
      When the call is sent
      Then the status is 200
      And the response field "/experiments" is absent
      Given a call of "searchExperimentsByQuery"
      And the parameter "filter" is "name = 'Default'"
      And the parameter "view_type" is "DELETED_ONLY"
      When the call is sent
      Then the status is 200
      And the response field "/experiments" is absent

    @writes
    Scenario: The token of a page leads to the next one
      Given "experiment" is a new name
      And "createExperiment" is called with
        | name  | value           |
        | /name | "${experiment}" |
      When "searchExperimentsByQuery" is called with
        | name        | value |
        | max_results | 1     |
      Then the exchange conforms
      And the response field "/next_page_token" is a string
      And the response field "/next_page_token" is remembered as "token"
      When "searchExperimentsByQuery" is called with
        | name       | value    |
        | page_token | ${token} |
      Then the status is 200
      When "searchExperiments" is called with
        | name        | value      |
        | /page_token | "${token}" |
      Then the status is 200

  Rule: An experiment needs a name and nothing else

    Background:
      Given "experiment" is a new name

    @writes
    Scenario Outline: "<operation>" takes <value> in <field>
      Given a call of "<operation>" with
        | name  | value           |
        | /name | "${experiment}" |
      And the field "<field>" is <value>
      When the call is sent
      Then the status is 200
      And the exchange conforms

      Examples:
        | operation        | value                                      | field              |
        | createExperiment | null                                       | /artifact_location |
        | createExperiment | ""                                         | /artifact_location |
        | createExperiment | "mlflow-artifacts:/leads"                  | /artifact_location |
        | createExperiment | null                                       | /tags              |
        | createExperiment | []                                         | /tags              |
        | createExperiment | [{"key": "t", "value": "v"}]               | /tags              |
        | createExperiment | [{"key": "t", "value": ""}]                | /tags              |
        | createExperiment | [{"key": "", "value": null}]               | /tags              |
        | createExperiment | [{"key": null, "value": "v"}]              | /tags              |
        | createExperiment | [{"key": "t", "value": "v", "unknown": 1}] | /tags              |
        | createExperiment | 1                                          | /unknown           |

    Scenario Outline: "<operation>" refuses <value> in <field>
      Given a call of "<operation>"
      And the field "<field>" is <value>
      When the call is sent
      Then it is refused as "invalidParameter"
      And the response conforms

      Examples:
        | operation        | value | field              |
        | createExperiment | null  | /name              |
        | createExperiment | ""    | /name              |
        | createExperiment | 5     | /artifact_location |
        | createExperiment | "z"   | /tags              |

    @writes
    Scenario: A name of one character is a name
      The second call says whether the first one was taken: the experiment is there.
      Given "createExperiment" is called with
        | name  | value |
        | /name | "e"   |
      When "createExperiment" is called with
        | name  | value |
        | /name | "e"   |
      Then it is refused as "experimentTaken"
      When "getExperimentByName" is called with
        | name            | value |
        | experiment_name | e     |
      Then the status is 200

  Rule: A run needs an experiment and nothing else

    @writes
    Scenario Outline: "<operation>" takes <value> in <field>
      Given a call of "<operation>"
      And the field "<field>" is <value>
      When the call is sent
      Then the status is 200
      And the exchange conforms

      Examples:
        | operation | value                                      | field       |
        | createRun | null                                       | /user_id    |
        | createRun | ""                                         | /user_id    |
        | createRun | null                                       | /run_name   |
        | createRun | ""                                         | /run_name   |
        | createRun | "first"                                    | /run_name   |
        | createRun | null                                       | /start_time |
        | createRun | 0                                          | /start_time |
        | createRun | -1                                         | /start_time |
        | createRun | null                                       | /tags       |
        | createRun | []                                         | /tags       |
        | createRun | [{"key": "t", "value": ""}]                | /tags       |
        | createRun | [{"key": "", "value": null}]               | /tags       |
        | createRun | [{"key": null, "value": "v"}]              | /tags       |
        | createRun | [{"key": "t", "value": "v", "unknown": 1}] | /tags       |
        | createRun | 1                                          | /unknown    |

    @writes
    Scenario Outline: "<operation>" does without <field>
      Given a call of "<operation>"
      And the field "<field>" is left out
      When the call is sent
      Then the status is 200
      And the exchange conforms

      Examples:
        | operation | field       |
        | createRun | /user_id    |
        | createRun | /start_time |
        | createRun | /tags       |

    Scenario Outline: "<operation>" refuses <value> in <field>
      Given a call of "<operation>"
      And the field "<field>" is <value>
      When the call is sent
      Then the status is 400
      And the response conforms

      Examples:
        | operation | value | field       |
        | createRun | 5     | /run_name   |
        | createRun | "z"   | /start_time |

    Scenario Outline: "<operation>" refuses <value> as its experiment
      Given a call of "<operation>"
      And the field "/experiment_id" is <value>
      When the call is sent
      Then it is refused as "experimentMissing"
      And the response conforms

      Examples:
        | operation | value |
        | createRun | null  |
        | createRun | ""    |

    @writes
    Scenario: A run begins with the tags that it is given
      When "createRun" is called with
        | name  | value                                            |
        | /tags | [{"key": "mlflow.runName", "value": "second"}] |
      Then the status is 200
      And the response field "/run/data/tags/0/key" equals the request field "/tags/0/key"
      And the response field "/run/data/tags/0/value" is "second"

  Rule: What is logged needs its run and its key

    Background:
      Given "createRun" is called
      And the response field "/run/info/run_id" is remembered as "run"

    @writes
    Scenario Outline: "<operation>" takes <value> in <field>
      Given a call of "<operation>" with
        | name    | value    |
        | /run_id | "${run}" |
      And the field "<field>" is <value>
      When the call is sent
      Then the status is 200
      And the exchange conforms

      Examples:
        | operation    | value                                                                  | field      |
        | logParameter | "p"                                                                    | /key       |
        | logParameter | ""                                                                     | /value     |
        | logParameter | null                                                                   | /value     |
        | logParameter | 1                                                                      | /unknown   |
        | logMetric    | "m"                                                                    | /key       |
        | logMetric    | -1                                                                     | /value     |
        | logMetric    | 0                                                                      | /timestamp |
        | logMetric    | -1                                                                     | /step      |
        | logMetric    | null                                                                   | /step      |
        | logMetric    | 1                                                                      | /unknown   |
        | setTag       | "t"                                                                    | /key       |
        | setTag       | ""                                                                     | /value     |
        | setTag       | null                                                                   | /value     |
        | setTag       | 1                                                                      | /unknown   |
        | logBatch     | []                                                                     | /params    |
        | logBatch     | [{"key": "p", "value": ""}]                                            | /params    |
        | logBatch     | [{"key": "p", "value": null}]                                          | /params    |
        | logBatch     | [{"key": "p", "value": "1", "unknown": 1}]                             | /params    |
        | logBatch     | []                                                                     | /metrics   |
        | logBatch     | [{"key": "m", "value": -1, "timestamp": 1766904259500, "step": 1}]     | /metrics   |
        | logBatch     | [{"key": "m", "value": 0.2, "timestamp": 0, "step": 1}]                | /metrics   |
        | logBatch     | [{"key": "m", "value": 0.2, "timestamp": 1766904259500, "step": -1}]   | /metrics   |
        | logBatch     | [{"key": "m", "value": 0.2, "timestamp": 1766904259500, "step": null}] | /metrics   |
        | logBatch     | [{"key": "m", "value": 0.2, "timestamp": 1766904259500}]               | /metrics   |
        | logBatch     | [{"key": "m", "value": 0.2, "timestamp": 1766904259500, "unknown": 1}] | /metrics   |
        | logBatch     | []                                                                     | /tags      |
        | logBatch     | [{"key": "t", "value": ""}]                                            | /tags      |
        | logBatch     | [{"key": "t", "value": null}]                                          | /tags      |
        | logBatch     | [{"key": "t", "value": "v", "unknown": 1}]                             | /tags      |
        | logBatch     | 1                                                                      | /unknown   |
        | updateRun    | null                                                                   | /status    |
        | updateRun    | ""                                                                     | /status    |
        | updateRun    | "KILLED"                                                               | /status    |
        | updateRun    | null                                                                   | /end_time  |
        | updateRun    | 0                                                                      | /end_time  |
        | updateRun    | -1                                                                     | /end_time  |
        | updateRun    | 1                                                                      | /unknown   |

    @writes
    Scenario Outline: "<operation>" does without <field>
      Given a call of "<operation>" with
        | name    | value    |
        | /run_id | "${run}" |
      And the field "<field>" is left out
      When the call is sent
      Then the status is 200
      And the exchange conforms

      Examples:
        | operation | field     |
        | logMetric | /step     |
        | logBatch  | /params   |
        | logBatch  | /metrics  |
        | logBatch  | /tags     |
        | updateRun | /status   |
        | updateRun | /end_time |

    @writes
    Scenario Outline: "<operation>" refuses <value> in <field>
      Given a call of "<operation>" with
        | name    | value    |
        | /run_id | "${run}" |
      And the field "<field>" is <value>
      When the call is sent
      Then it is refused as "invalidParameter"
      And the response conforms

      Examples:
        | operation    | value                                                                | field      |
        | logParameter | null                                                                 | /run_id    |
        | logParameter | ""                                                                   | /run_id    |
        | logMetric    | null                                                                 | /run_id    |
        | logMetric    | ""                                                                   | /run_id    |
        | setTag       | null                                                                 | /run_id    |
        | setTag       | ""                                                                   | /run_id    |
        | logBatch     | null                                                                 | /run_id    |
        | logBatch     | ""                                                                   | /run_id    |
        | updateRun    | null                                                                 | /run_id    |
        | updateRun    | ""                                                                   | /run_id    |
        | logParameter | null                                                                 | /key       |
        | logParameter | ""                                                                   | /key       |
        | logMetric    | null                                                                 | /key       |
        | logMetric    | ""                                                                   | /key       |
        | setTag       | null                                                                 | /key       |
        | setTag       | ""                                                                   | /key       |
        | logParameter | 5                                                                    | /value     |
        | setTag       | 5                                                                    | /value     |
        | logMetric    | null                                                                 | /value     |
        | logMetric    | null                                                                 | /timestamp |
        | logMetric    | -1                                                                   | /timestamp |
        | logMetric    | "z"                                                                  | /step      |
        | logBatch     | "z"                                                                  | /params    |
        | logBatch     | [{"key": "", "value": "1"}]                                          | /params    |
        | logBatch     | [{"key": null, "value": "1"}]                                        | /params    |
        | logBatch     | "z"                                                                  | /metrics   |
        | logBatch     | [{"key": "", "value": 0.2, "timestamp": 1766904259500, "step": 1}]   | /metrics   |
        | logBatch     | [{"key": null, "value": 0.2, "timestamp": 1766904259500, "step": 1}] | /metrics   |
        | logBatch     | [{"key": "m", "value": null, "timestamp": 1766904259500, "step": 1}] | /metrics   |
        | logBatch     | [{"key": "m", "value": 0.2, "timestamp": null, "step": 1}]           | /metrics   |
        | logBatch     | [{"key": "m", "value": 0.2, "timestamp": -1, "step": 1}]             | /metrics   |
        | logBatch     | "z"                                                                  | /tags      |
        | logBatch     | [{"key": "", "value": "v"}]                                          | /tags      |
        | logBatch     | [{"key": null, "value": "v"}]                                        | /tags      |
        | updateRun    | "z"                                                                  | /end_time  |

    @writes
    Scenario: A run that was stopped says so
      When "updateRun" is called with
        | name    | value    |
        | /run_id | "${run}" |
        | /status | "KILLED" |
      Then the status is 200
      And the response field "/run_info/status" is "KILLED"

  Rule: A run's id may be any text

    Scenario Outline: "<operation>" looks for the run "z"
      A run's id has 32 digits; a shorter one is looked for all the same.
      Given a call of "<operation>"
      And the field "/run_id" is "z"
      When the call is sent
      Then it is refused as "runUnknown"
      And the exchange conforms

      Examples:
        | operation    |
        | logParameter |
        | logMetric    |
        | setTag       |
        | logBatch     |
        | updateRun    |

    Scenario: A run is read by whatever id
      When "getRun" is called with
        | name   | value |
        | run_id | z     |
      Then it is refused as "runUnknown"

  Rule: The registry needs names, and does without the rest

    Background:
      Given "model" is a new name
      And "createRegisteredModel" is called with
        | name  | value      |
        | /name | "${model}" |
      And "createModelVersion" is called with
        | name  | value      |
        | /name | "${model}" |
      And "other" is a new name

    @writes
    Scenario Outline: "<operation>" takes <value> in <field>
      Given a call of "<operation>" with
        | name  | value      |
        | /name | "${other}" |
      And the field "<field>" is <value>
      When the call is sent
      Then the status is 200
      And the exchange conforms

      Examples:
        | operation             | value                                      | field        |
        | createRegisteredModel | null                                       | /description |
        | createRegisteredModel | ""                                         | /description |
        | createRegisteredModel | "Scores leads."                            | /description |
        | createRegisteredModel | null                                       | /tags        |
        | createRegisteredModel | []                                         | /tags        |
        | createRegisteredModel | [{"key": "t", "value": "v"}]               | /tags        |
        | createRegisteredModel | [{"key": "t", "value": ""}]                | /tags        |
        | createRegisteredModel | [{"key": "t", "value": null}]              | /tags        |
        | createRegisteredModel | [{"key": "t", "value": "v", "unknown": 1}] | /tags        |
        | createRegisteredModel | 1                                          | /unknown     |

    @writes
    Scenario Outline: "<operation>" takes <value> in <field> for a model that is there
      Given a call of "<operation>" with
        | name  | value      |
        | /name | "${model}" |
      And the field "<field>" is <value>
      When the call is sent
      Then the status is 200
      And the exchange conforms

      Examples:
        | operation          | value | field    |
        | createModelVersion | null  | /run_id  |
        | createModelVersion | ""    | /run_id  |
        | createModelVersion | 1     | /unknown |
        | setAlias           | "a"   | /alias   |
        | setAlias           | 1     | /unknown |
        | deleteAlias        | "a"   | /alias   |
        | deleteAlias        | 1     | /unknown |

    @writes
    Scenario Outline: "<operation>" refuses <value> in <field>
      Given a call of "<operation>" with
        | name  | value      |
        | /name | "${other}" |
      And the field "<field>" is <value>
      When the call is sent
      Then it is refused as "invalidParameter"
      And the response conforms

      Examples:
        | operation             | value                         | field        |
        | createRegisteredModel | null                          | /name        |
        | createRegisteredModel | ""                            | /name        |
        | createRegisteredModel | 5                             | /description |
        | createRegisteredModel | "z"                           | /tags        |
        | createRegisteredModel | [{"key": "", "value": "v"}]   | /tags        |
        | createRegisteredModel | [{"key": null, "value": "v"}] | /tags        |

    @writes
    Scenario Outline: "<operation>" refuses <value> in <field> for a model that is there
      Given a call of "<operation>" with
        | name  | value      |
        | /name | "${model}" |
      And the field "<field>" is <value>
      When the call is sent
      Then it is refused as "invalidParameter"
      And the response conforms

      Examples:
        | operation          | value | field    |
        | createModelVersion | null  | /name    |
        | createModelVersion | ""    | /name    |
        | createModelVersion | null  | /source  |
        | createModelVersion | ""    | /source  |
        | setAlias           | null  | /name    |
        | setAlias           | ""    | /name    |
        | setAlias           | null  | /alias   |
        | setAlias           | ""    | /alias   |
        | setAlias           | null  | /version |
        | setAlias           | ""    | /version |
        | deleteAlias        | null  | /name    |
        | deleteAlias        | ""    | /name    |
        | deleteAlias        | null  | /alias   |
        | deleteAlias        | ""    | /alias   |
        | createModelVersion | 5     | /run_id  |
        | setAlias           | "x"   | /version |

    @writes
    Scenario: A version whose source is no URI is refused
      Given a call of "createModelVersion" with
        | name    | value      |
        | /name   | "${model}" |
        | /source | "z"        |
      And the field "/run_id" is left out
      When the call is sent
      Then it is refused as "invalidParameter"

    @writes
    Scenario: A model's name and an alias may have one character
      The second call says whether the first one was taken: the model is there.
      Given "createRegisteredModel" is called with
        | name  | value |
        | /name | "m"   |
      When "createRegisteredModel" is called with
        | name  | value |
        | /name | "m"   |
      Then it is refused as "modelTaken"
      When "createModelVersion" is called with
        | name  | value |
        | /name | "m"   |
      Then the status is 200
      When "getRegisteredModel" is called with
        | name | value |
        | name | m     |
      Then the status is 200
      When "setAlias" is called with
        | name   | value |
        | /name  | "m"   |
        | /alias | "a"   |
      Then the status is 200
      When "getAlias" is called with
        | name  | value |
        | name  | m     |
        | alias | a     |
      Then the status is 200
      When "deleteAlias" is called with
        | name   | value |
        | /name  | "m"   |
        | /alias | "a"   |
      Then the status is 200
