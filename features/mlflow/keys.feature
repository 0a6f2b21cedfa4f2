Feature: The proxy opens MLflow to those who hold a key
  An MLflow server has no authentication of its own: whoever reaches it directly may do anything. The proxy in front of it asks
  for a key and looks in four places. Nothing here holds for a server that is called directly.

  Rule: Without a right key nothing is read

    @proxy @incident
    Scenario Outline: "<operation>" is closed to a missing and to a wrong key
      Called directly, the server answered each of these calls with 200.
      Then "<operation>" opens to its credential only

      Examples:
        | operation                |
        | searchExperiments        |
        | searchExperimentsByQuery |
        | getExperiment            |
        | getExperimentByName      |

    @proxy
    Scenario: A call without a key
      Given a call of "searchExperiments"
      And the credential is missing
      When the call is sent
      Then it is refused as "keyRequired"
      And the exchange conforms
      And the exchange equals the snapshot "key-required"

    @proxy
    Scenario: A call with a key that nobody issued
      Given a call of "searchExperiments"
      And the credential is unknown
      When the call is sent
      Then it is refused as "keyUnknown"
      And the exchange conforms
      And the exchange equals the snapshot "key-unknown"

    @proxy
    Scenario: The key is asked for before the route
      A stranger does not learn which routes there are.
      Given a request "GET /no-such-route"
      When the call is sent
      Then it is refused as "keyRequired"

    @proxy
    Scenario: The key is asked for before the parameters
      Given a call of "getRun"
      And the credential is missing
      And the parameter "run_id" is left out
      When the call is sent
      Then it is refused as "keyRequired"

    @proxy
    Scenario: The key is asked for before the body
      Given a call of "createRun"
      And the credential is missing
      And the field "/experiment_id" is left out
      When the call is sent
      Then it is refused as "keyRequired"

  Rule: The key travels in one of four places

    @proxy
    Scenario Outline: A key as <scheme> is taken
      Given a call of "searchExperiments" with the example "byName"
      And the credential is the scheme "<scheme>"
      When the call is sent
      Then the status is 200
      And the exchange conforms
      And the exchange equals the snapshot "<snapshot>"

      Examples:
        | scheme    | snapshot               |
        | bearerKey | search-with-bearer-key |
        | schemeKey | search-with-scheme-key |
        | headerKey | search-with-header-key |
        | queryKey  | search-with-query-key  |

    @proxy
    Scenario Outline: "Authorization: <word> key" is no key
      Given a call of "searchExperiments"
      And the credential is sent with the scheme "<word>"
      When the call is sent
      Then it is refused as "keyRequired"

      Examples:
        | word   |
        | bearer |
        | Basic  |

    @proxy
    Scenario: A bare key in "Authorization" is no key
      Given a call of "searchExperiments"
      And the credential is sent without a scheme
      When the call is sent
      Then it is refused as "keyRequired"

    @proxy
    Scenario: The first place that holds a key decides
      A right key in the query does not mend a wrong one in the header.
      Given a call of "searchExperiments"
      And the credential is the scheme "queryKey"
      And the header "X-API-Key" is "hk_test_000000000000000000000000"
      When the call is sent
      Then it is refused as "keyUnknown"

    @proxy
    Scenario: Another header is not looked at
      Given a call of "searchExperiments"
      And the credential is sent in the header "X-Hokusai-API-Key" instead
      When the call is sent
      Then it is refused as "keyRequired"

    @proxy
    Scenario: The body is not looked at
      Given a call of "searchExperiments"
      And the credential is sent in the body "/api_key" instead
      When the call is sent
      Then it is refused as "keyRequired"
