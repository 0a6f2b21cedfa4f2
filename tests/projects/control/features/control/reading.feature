Feature: Whoever tests a consumer sees what the fakes know

  Scenario: All fakes are listed
    When "listFakes" is called
    Then the status is 200
    And the exchange conforms
    And the response field "/fakes/0/contract" is "auth-validate"
    And the response field "/fakes/0/session" is null
    And the response field "/fakes/0/knows/expired_keys" is ["hk_test_expired_0123456789"]
    And the response field "/fakes/0/knows/services" is ["platform"]
    And the response field "/fakes/0/knows/plans" is ["standard"]

  Scenario: Those of a session are listed
    When "listFakes" is called with
      | session | of the list |
    Then the response field "/fakes/0/session" is "of the list"

  Scenario: A fake in a session that nobody named before is as at the start
    When "readFake" is called with
      | session | of nobody |
    Then the status is 200
    And the exchange conforms
    And the response fields are
      | /contract    | "auth-validate" |
      | /session     | "of nobody"     |
      | /answers     | null            |
      | /delay_ms    | 0               |
      | /unreachable | false           |
      | /keys        | 0               |
    And the response field "/knows/plans" is ["standard"]
    And the response field "/knows/services" is ["platform"]
    And the response field "/knows/expired_keys" is ["hk_test_expired_0123456789"]

  Scenario: A session without a name is the one that all share
    When "readFake" is called with
      | session | |
    Then the status is 200
    And the response field "/session" is null
    When "listFakes" is called with
      | session | |
    Then the status is 200
    And the response field "/fakes/0/session" is null

  Scenario Outline: A fake that does not stand is named (<operation>)
    When "<operation>" is called with
      | contract | auth-validat |
    Then it is refused as "unknownFake"

    Examples:
      | operation |
      | readFake  |
      | steerFake |
      | resetFake |

  Scenario Outline: However short the name is (<operation>)
    When "<operation>" is called with
      | contract | a |
    Then it is refused as "unknownFake"

    Examples:
      | operation |
      | readFake  |
      | steerFake |
      | resetFake |

  Scenario: That it does not stand counts more than what is wrong with the body
    Given a call of "steerFake" with
      | contract  | auth-validat |
      | /delay_ms | "soon"       |
    When the call is sent
    Then it is refused as "unknownFake"

  Scenario Outline: A parameter that is misspelt is refused, not passed over (<request>)
    Given a request "<request>?sesion=a"
    When the call is sent
    Then it is refused as "unknownParameter"

    Examples:
      | request                     |
      | GET /fakes                  |
      | GET /fakes/auth-validate    |
      | DELETE /fakes/auth-validate |

  Scenario Outline: There is nothing at <path>
    Given a request "GET <path>"
    When the call is sent
    Then it is refused as "nothingHere"

    Examples:
      | path                           |
      | /                              |
      | /fake                          |
      | /fakes/auth-validate/sessions  |

  Scenario Outline: <method> is no method of <path>
    Given a request "<method> <path>"
    When the call is sent
    Then it is refused as "methodNotAllowed"
    And the response header "Allow" contains "GET"

    Examples:
      | method | path                 |
      | POST   | /fakes               |
      | DELETE | /fakes               |
      | PATCH  | /fakes               |
      | POST   | /fakes/auth-validate |
      | PUT    | /fakes/auth-validate |

  @fake
  Scenario: A body that is too large is refused
    Given the fake answers with "tooLarge"
    When "steerFake" is called
    Then it is refused as "tooLarge"
