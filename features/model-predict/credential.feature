Feature: One key, four places, every route
  A middleware takes the key from `Authorization: Bearer`, `Authorization: ApiKey`, `X-API-Key` or `?api_key=`.
  Every accepted place works on every route. A key at another place is no key.

  Rule: Each operation opens to a valid key only

    @incident
    Scenario Outline: "<operation>" with the right key, without one and with a wrong one
      Seen when a route was missing in a deployment: 404 with a key, 401 without.
      A refusal alone looked right, so an acceptance on the same path is asked for.

      Then "<operation>" opens to its credential only

      Examples:
        | operation   |
        | predict     |
        | modelInfo   |
        | modelHealth |

  Rule: Every accepted place works on every route

    Once the middleware accepted four places and the endpoint behind it then demanded
    `Authorization: Bearer` (401 `Unauthorized`) and a key of its own form (401 `Invalid API key`).
    A single happy path did not show it.

    @incident
    Scenario Outline: Predict with the key as <scheme>
      Given a call of "predict"
      And the credential is the scheme "<scheme>"
      When the call is sent
      Then the status is 200
      And the exchange conforms
      And the exchange equals the snapshot "<snapshot>"

      Examples:
        | scheme       | snapshot                  |
        | bearer       | predict-by-bearer         |
        | apiKeyWord   | predict-by-api-key-word   |
        | apiKeyHeader | predict-by-api-key-header |
        | apiKeyQuery  | predict-by-api-key-query  |

    @incident
    Scenario Outline: "<operation>" with the key as <scheme>
      Given a call of "<operation>"
      And the credential is the scheme "<scheme>"
      When the call is sent
      Then the status is 200
      And the exchange conforms

      Examples:
        | operation   | scheme       |
        | modelInfo   | bearer       |
        | modelInfo   | apiKeyWord   |
        | modelInfo   | apiKeyHeader |
        | modelInfo   | apiKeyQuery  |
        | modelHealth | bearer       |
        | modelHealth | apiKeyWord   |
        | modelHealth | apiKeyHeader |
        | modelHealth | apiKeyQuery  |

  Rule: The first place that holds a key decides

    Scenario: A valid bearer key beside a wrong X-API-Key
      Given a call of "predict"
      And the credential is the scheme "bearer"
      And the header "X-API-Key" is "hk_test_nobody_knows_this_key"
      When the call is sent
      Then the status is 200

    Scenario: A wrong bearer key beside a valid X-API-Key
      Given a call of "predict"
      And the credential is the scheme "apiKeyHeader"
      And the header "Authorization" is "Bearer hk_test_nobody_knows_this_key"
      When the call is sent
      Then it is refused as "invalidKey"

  Rule: A key at another place is refused as if there were none

    Scenario: No key at all
      Given a call of "predict"
      And the credential is missing
      When the call is sent
      Then it is refused as "keyRequired"
      And the response field "/detail" is "API key required"
      And the response header "WWW-Authenticate" is absent
      And the exchange equals the snapshot "key-required"

    Scenario Outline: The key in the <place> "<name>"
      Given a call of "predict"
      And the credential is sent in the <place> "<name>" instead
      When the call is sent
      Then it is refused as "keyRequired"

      Examples:
        | place  | name              |
        | header | X-Hokusai-API-Key |
        | body   | /api_key          |

    Scenario: The raw key in the Authorization header
      Given a call of "predict"
      And the credential is the scheme "bearer"
      And the credential is sent without a scheme
      When the call is sent
      Then it is refused as "keyRequired"

    Scenario Outline: The key behind the word "<word>"
      Given a call of "predict"
      And the credential is the scheme "bearer"
      And the credential is sent with the scheme "<word>"
      When the call is sent
      Then it is refused as "keyRequired"

      Examples: words that the API does not know
        | word   |
        | bearer |
        | Basic  |

      @fake
      Examples: not known of every deployment, the fake compares this word exactly too
        | word   |
        | apikey |

  Rule: A wrong key is refused at every place

    Scenario Outline: A wrong key as <scheme>
      Given a call of "predict"
      And the credential is the scheme "<scheme>"
      And the credential is unknown
      When the call is sent
      Then it is refused as "invalidKey"
      And the response field "/detail" is "Invalid or expired API key"

      Examples:
        | scheme       |
        | bearer       |
        | apiKeyWord   |
        | apiKeyHeader |
        | apiKeyQuery  |
