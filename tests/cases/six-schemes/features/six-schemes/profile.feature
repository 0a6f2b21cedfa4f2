Feature: The profile, with a key in a cookie

  Scenario: Somebody is signed in
    The shop's page waits a second for it.

    Given the consumer waits 1000 ms at most
    When "readProfile" is called
    Then the status is 200
    And the response field "/unread" is between 0 and 1000

  Scenario: A profile needs its key
    Then "readProfile" opens to its credential only
