Feature: Experiments are searched
  A search needs nothing to be there and changes nothing: it is the call that shows whether a deployment works.

  Rule: A search says how many experiments it wants, from 1 to 50000

    Scenario: A client asks for the first experiments
      When "searchExperiments" is called
      Then the status is 200
      And the exchange conforms
      And the response field "/experiments/0/name" is a string

    Scenario: The same question in the query
      When "searchExperimentsByQuery" is called
      Then the status is 200
      And the exchange conforms
      And the response field "/experiments/0/experiment_id" is a string

    Scenario: 50000 is the largest page
      Given a call of "searchExperiments"
      And the field "/max_results" is 50000
      When the call is sent
      Then the status is 200
      And the exchange conforms

    Scenario: A search that finds nothing answers with an empty object
      MLflow leaves out what is empty: there is no `experiments` to count.
      Given a call of "searchExperiments"
      And the field "/filter" is "name = 'no-such-experiment'"
      When the call is sent
      Then the status is 200
      And the exchange conforms
      And the response field "/experiments" is absent
      And the response field "/next_page_token" is absent
      And the exchange equals the snapshot "search-experiments-nothing-found"

    @incident
    Scenario: A search in the query without "max_results" is refused
      A runbook verified deployments with this very call, so its check could never succeed. There is no default.
      Given a call of "searchExperimentsByQuery"
      And the parameter "max_results" is left out
      When the call is sent
      Then it is refused as "invalidParameter"
      And the response conforms
      And the response field "/error_code" is "INVALID_PARAMETER_VALUE"
      And the exchange equals the snapshot "search-experiments-by-query-without-max-results"

    Scenario: A search in the body without "max_results" is refused as well
      Given a call of "searchExperiments"
      And the field "/max_results" is left out
      When the call is sent
      Then it is refused as "invalidParameter"
      And the exchange equals the snapshot "search-experiments-without-max-results"

    Scenario Outline: A page of <max_results> is refused in the body
      Given a call of "searchExperiments"
      And the field "/max_results" is <max_results>
      When the call is sent
      Then it is refused as "invalidParameter"
      And the response conforms

      Examples:
        | max_results |
        | 0           |
        | -1          |
        | 1000000     |

    Scenario: A page that is too large is refused in the query as well
      Given a call of "searchExperimentsByQuery"
      And the parameter "max_results" is 1000000
      When the call is sent
      Then it is refused as "invalidParameter"
