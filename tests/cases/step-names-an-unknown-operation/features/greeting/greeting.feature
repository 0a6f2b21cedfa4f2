Feature: Greetings

  Scenario: Somebody is greeted
    When "great" is called
    Then the status is 200
    And the response field "/text" is a string
    And the exchange conforms

  Scenario: A greeting needs a key
    Then "farewell" opens to its credential only

  Scenario: The service is there
    When "health" is called
    Then the status is 200
