Feature: Experiments are created and found
  An experiment holds the runs of one question. A client creates it once by name and finds it again by name.

  Rule: An experiment's name is its own

    @writes
    Scenario: A client creates an experiment
      Given "experiment" is a new name
      When "createExperiment" is called with
        | name  | value           |
        | /name | "${experiment}" |
      Then the status is 200
      And the exchange conforms
      And the response field "/experiment_id" is a string
      And the exchange equals the snapshot "create-experiment"

    @writes
    Scenario: A name that is taken is refused
      Given "experiment" is a new name
      And "createExperiment" is called with
        | name  | value           |
        | /name | "${experiment}" |
      When "createExperiment" is called with
        | name  | value           |
        | /name | "${experiment}" |
      Then it is refused as "experimentTaken"
      And the response conforms
      And the response field "/error_code" is "RESOURCE_ALREADY_EXISTS"
      And the exchange equals the snapshot "experiment-taken"

    Scenario: An experiment without a name is refused
      Given a call of "createExperiment"
      And the field "/name" is left out
      When the call is sent
      Then it is refused as "invalidParameter"
      And the response conforms

    @writes
    Scenario: The experiment of a name is the one that was created
      Given "experiment" is a new name
      And "createExperiment" is called with
        | name  | value           |
        | /name | "${experiment}" |
      And the response field "/experiment_id" is remembered as "experiment_id"
      When "getExperimentByName" is called with
        | name            | value         |
        | experiment_name | ${experiment} |
      Then the status is 200
      And the exchange conforms
      And the response field "/experiment/experiment_id" is "${experiment_id}"
      And the response field "/experiment/name" is "${experiment}"
      And the response field "/experiment/lifecycle_stage" is "active"
      And the exchange equals the snapshot "get-experiment-by-name"

    @writes
    Scenario: An experiment is read by its id
      Given "experiment" is a new name
      And "createExperiment" is called with
        | name  | value           |
        | /name | "${experiment}" |
      And the response field "/experiment_id" is remembered as "experiment_id"
      When "getExperiment" is called with
        | name          | value            |
        | experiment_id | ${experiment_id} |
      Then the status is 200
      And the exchange conforms
      And the response field "/experiment/experiment_id" is "${experiment_id}"
      And the response field "/experiment/name" is "${experiment}"
      And the exchange equals the snapshot "get-experiment"

    Scenario: The experiment with the id 0 is always there
      When "getExperiment" is called with
        | name          | value |
        | experiment_id | 0     |
      Then the status is 200
      And the exchange conforms
      And the response field "/experiment/name" is "Default"

    Scenario Outline: No experiment has the id <experiment_id>
      When "getExperiment" is called with
        | name          | value           |
        | experiment_id | <experiment_id> |
      Then it is refused as "experimentIdUnknown"
      And the exchange conforms

      Examples:
        | experiment_id |
        | 99999999      |
        | -1            |

    @writes
    Scenario: A search by name finds the experiment, in the body and in the query
      Given "experiment" is a new name
      And "createExperiment" is called with
        | name  | value           |
        | /name | "${experiment}" |
      And the response field "/experiment_id" is remembered as "experiment_id"
      And a call of "searchExperiments"
      And the field "/filter" is "name = '${experiment}'"
      When the call is sent
      Then the response field "/experiments" has 1 items
      And the response field "/experiments/0/experiment_id" is "${experiment_id}"
      And the exchange equals the snapshot "search-experiments"
      Given a call of "searchExperimentsByQuery"
      And the parameter "filter" is "name = '${experiment}'"
      When the call is sent
      Then the response field "/experiments" has 1 items
      And the response field "/experiments/0/experiment_id" is "${experiment_id}"
      And the exchange equals the snapshot "search-experiments-by-query"

    @writes
    Scenario: More experiments than the page holds come with a token for the next page
      Given "experiment" is a new name
      And "createExperiment" is called with
        | name  | value           |
        | /name | "${experiment}" |
      And a call of "searchExperiments"
      And the field "/max_results" is 1
      When the call is sent
      Then the response field "/experiments" has 1 items
      And the response field "/next_page_token" is a string
      And the exchange equals the snapshot "search-experiments-first-page"

    Scenario: A name that nobody used is not found
      When "getExperimentByName" is called with
        | name            | value              |
        | experiment_name | no-such-experiment |
      Then it is refused as "experimentNameUnknown"
      And the exchange conforms
      And the response field "/error_code" is "RESOURCE_DOES_NOT_EXIST"
      And the exchange equals the snapshot "experiment-name-unknown"
