@writes
Feature: Every call of a worker opens to its signature only
  A refusal proves something beside an acceptance, and an acceptance beside a refusal.
  Each call is sent three times to the same path: signed, unsigned and signed with a wrong key.
  The first is accepted with 200, the other two are refused with 401.

  Rule: A signed call is accepted, an unsigned one and a wrongly signed one are refused

    @incident
    Scenario Outline: The heartbeat "<operation>" is there, and protected
      Seen at a backend without the route: all three calls got the same 404, and it was counted as
      "authentication headers accepted". A 404 is neither an acceptance nor a refusal.

      Then "<operation>" opens to its credential only

      Examples:
        | operation        |
        | npuHeartbeat     |
        | aiStackHeartbeat |
        | browserHeartbeat |

    @incident
    Scenario Outline: What "<operation>" brings is taken from its own service only
      Seen in two forms. In logging mode the backend let unsigned calls pass with 200.
      Elsewhere an error inside the middleware turned every 401 into a 500, which is no refusal either.

      Then "<operation>" opens to its credential only

      Examples:
        | operation                   |
        | npuSendInferenceResult      |
        | npuReportStatus             |
        | aiStackReportModelStatus    |
        | aiStackSendInferenceResult  |
        | browserSendAutomationResult |
        | browserUploadScreenshot     |
        | browserSendConsoleLogs      |
