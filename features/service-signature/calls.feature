Feature: What the workers tell the backend
  The NPU worker, the AI stack and the browser service hand in results, say how they fare, and send heartbeats.
  The backend answers each with 200 and a `status`; what else stands in the answer is its own, but that a
  result is answered with the name of its task or request.

  Rule: A signed call with the right body is answered with 200 and a status

    @writes
    Scenario Outline: "<service>" calls "<operation>"
      Given the consumer is "<service>"
      And a call of "<operation>"
      When the call is sent
      Then the status is 200
      And the exchange conforms
      And the response field "/status" is a string
      And the exchange equals the snapshot "<snapshot>"

      Examples: the NPU worker
        | service    | operation              | snapshot             |
        | npu-worker | npuSendInferenceResult | npu-inference-result |
        | npu-worker | npuReportStatus        | npu-status           |
        | npu-worker | npuHeartbeat           | npu-heartbeat        |

      Examples: the AI stack
        | service  | operation                  | snapshot                  |
        | ai-stack | aiStackReportModelStatus   | ai-stack-model-status     |
        | ai-stack | aiStackSendInferenceResult | ai-stack-inference-result |
        | ai-stack | aiStackHeartbeat           | ai-stack-heartbeat        |

      Examples: the browser service
        | service         | operation                   | snapshot                  |
        | browser-service | browserSendAutomationResult | browser-automation-result |
        | browser-service | browserUploadScreenshot     | browser-screenshot        |
        | browser-service | browserSendConsoleLogs      | browser-console-logs      |
        | browser-service | browserHeartbeat            | browser-heartbeat         |

    @writes
    Scenario Outline: "<operation>" has little to tell
      When "<operation>" is called with the example "<example>"
      Then the status is 200
      And the exchange conforms

      Examples:
        | operation                | example    |
        | npuReportStatus          | withoutNpu |
        | aiStackReportModelStatus | noModels   |
        | browserSendConsoleLogs   | noLogs     |

  Rule: A fake refuses what the backend reads leniently

    The backend takes a text "true" as a boolean and a boolean as a number; a worker sends neither, so only the
    fake is asked.

    @fake
    Scenario Outline: "<operation>" with <field> as <type>
      Given a call of "<operation>"
      And the field "<field>" is retyped to <type>
      When the call is sent
      Then it is refused as "invalid"

      Examples:
        | operation                | field                 | type    |
        | npuReportStatus          | /npu_available        | string  |
        | aiStackReportModelStatus | /llama-3.2-3b/size_mb | boolean |

  Rule: A fake refuses a route and a method that are not of the contract

    @fake
    Scenario: A route that is not there
      Given a request "POST /api/no/such/route"
      And the consumer is "npu-worker"
      And the credential is valid
      And the body is
        """json
        {}
        """
      When the call is sent
      Then it is refused as "notFound"
      And the exchange equals the snapshot "not-found"

    @fake
    Scenario: A GET of a heartbeat
      Given a request "GET /api/npu/heartbeat"
      And the consumer is "npu-worker"
      And the credential is valid
      When the call is sent
      Then it is refused as "methodNotAllowed"
      And the response header "Allow" is "POST"
      And the exchange equals the snapshot "method-not-allowed"
