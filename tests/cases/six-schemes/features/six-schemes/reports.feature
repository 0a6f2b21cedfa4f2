Feature: Reports, with user and password

  Scenario: A month's figures
    When "readReport" is called
    Then the status is 200
    And the response field "/month" is "2026-02"

  Scenario: A report needs user and password
    Then "readReport" opens to its credential only
