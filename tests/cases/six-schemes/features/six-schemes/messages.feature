Feature: Messages, with a bearer key

  Scenario: A customer is told
    When "sendMessage" is called
    Then the status is 202
    And the response field "/to" equals the request field "/to"

  Scenario: A message needs its key
    Then "sendMessage" opens to its credential only
