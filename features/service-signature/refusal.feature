Feature: A refused call is 401 and says why
  The body is `{"detail": …, "authenticated": false}`. It is never 403 and never 500.
  Two generations of texts are in use, and a consumer takes either.

  Rule: All three headers are needed

    Scenario: An unsigned call
      Given a call of "npuHeartbeat"
      And the credential is missing
      When the call is sent
      Then it is refused as "missingHeaders"
      And the response field "/authenticated" is false
      And the response header "WWW-Authenticate" is absent
      And the exchange equals the snapshot "missing-headers"

    Scenario: An unsigned call with an empty body
      Given a call of "npuSendInferenceResult"
      And the credential is missing
      And the body is left out
      When the call is sent
      Then it is refused as "missingHeaders"

    Scenario Outline: The header <header> is left out
      Given a call of "npuHeartbeat"
      And the header "<header>" is left out
      When the call is sent
      Then it is refused as "missingHeaders"

      Examples:
        | header              |
        | X-Service-ID        |
        | X-Service-Timestamp |
        | X-Service-Signature |

    Scenario Outline: The header <header> is empty
      Given a call of "npuHeartbeat"
      And the header "<header>" is ""
      When the call is sent
      Then it is refused as "missingHeaders"

      Examples:
        | header              |
        | X-Service-ID        |
        | X-Service-Timestamp |
        | X-Service-Signature |

    @fake
    Scenario: The words of the second generation are right too
      Given the fake answers with "missingHeadersSecondGeneration"
      And a call of "npuHeartbeat"
      And the credential is missing
      When the call is sent
      Then it is refused as "missingHeaders"
      And the exchange equals the snapshot "missing-headers-second-generation"

  Rule: The timestamp is an integer of seconds

    Scenario: A timestamp that is no number
      Given a call of "npuHeartbeat"
      And the header "X-Service-Timestamp" is "yesterday"
      When the call is sent
      Then it is refused as "invalidTimestamp"
      And the exchange equals the snapshot "invalid-timestamp"

    Scenario Outline: A timestamp in <unit>
      Given a call of "npuHeartbeat"
      And the credential is signed in <unit>
      When the call is sent
      Then it is refused as "<refusal>"

      Examples:
        | unit         | refusal          |
        | iso8601      | invalidTimestamp |
        | milliseconds | outsideWindow    |

    Scenario: An old signature
      Given a call of "npuHeartbeat"
      And the credential is stale
      When the call is sent
      Then it is refused as "outsideWindow"
      And the response field "/authenticated" is false
      And the exchange equals the snapshot "outside-window"

  Rule: The service is one of the three

    Scenario: A service that nobody knows
      Given a call of "npuHeartbeat"
      And the header "X-Service-ID" is "toaster"
      When the call is sent
      Then it is refused as "unknownService"
      And the response field "/authenticated" is false
      And the exchange equals the snapshot "unknown-service"

    Scenario Outline: "<operation>" is closed to a service that nobody knows
      Given a call of "<operation>"
      And the header "X-Service-ID" is "toaster"
      When the call is sent
      Then it is refused as "unknownService"
      And the exchange conforms

      Examples:
        | operation                   |
        | npuSendInferenceResult      |
        | npuReportStatus             |
        | aiStackReportModelStatus    |
        | aiStackSendInferenceResult  |
        | aiStackHeartbeat            |
        | browserSendAutomationResult |
        | browserUploadScreenshot     |
        | browserSendConsoleLogs      |
        | browserHeartbeat            |

    Scenario: A call that one service signed in the name of another
      Given a call of "npuHeartbeat"
      And the header "X-Service-ID" is "ai-stack"
      When the call is sent
      Then it is refused as "invalidSignature"

  Rule: The signature is the one of this call

    Scenario: A call that is signed with a wrong key
      Given a call of "npuHeartbeat"
      And the credential is unknown
      When the call is sent
      Then it is refused as "invalidSignature"
      And the response field "/authenticated" is false
      And the response header "WWW-Authenticate" is absent
      And the exchange equals the snapshot "invalid-signature"

    Scenario Outline: A signature that is <fault>
      Given a call of "npuHeartbeat"
      And the header "X-Service-Signature" is "<signature>"
      When the call is sent
      Then it is refused as "invalidSignature"

      Examples:
        | fault           | signature                                                        |
        | of another form | garbage                                                          |
        | of another call | 91103e75ea84688b5acfeae5b99d08d56239f41defe075bfd7f8f2fc6f6659b4 |
