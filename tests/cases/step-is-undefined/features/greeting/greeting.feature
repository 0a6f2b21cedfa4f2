Feature: Greetings

  Scenario: Somebody is greeted
    When "greet" is called
    Then the staus is 200
    And the response field "/text" is a string
    And the exchange confirms

  Scenario: A greeting needs a key
    Then "greet" opens to its credential only

  Scenario: The service is there
    When "health" is called
    Then the status is 200
