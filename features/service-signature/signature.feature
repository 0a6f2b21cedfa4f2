Feature: How a call is signed
  Three headers travel together: `X-Service-ID`, `X-Service-Timestamp` in seconds, and `X-Service-Signature`.
  The signature is the lower-case hex HMAC-SHA256 of `service_id:METHOD:path:timestamp`; its key is the
  64 characters of the service key as text.

  Rule: The path is signed percent-decoded

    @writes
    Scenario Outline: The result of the task "<task>" is signed as it reads
      Given a call of "npuSendInferenceResult"
      And the parameter "task_id" is "<task>"
      When the call is sent
      Then the status is 200
      And the exchange conforms

      Examples:
        | task |
        | café |
        | a b  |

    @incident
    Scenario Outline: The result of the task "<task>" is not signed as it is sent
      Signed percent-encoded (`caf%C3%A9`, `a%20b`) by a worker, and refused.

      Given a call of "npuSendInferenceResult"
      And the parameter "task_id" is "<task>"
      And the credential is signed over "{{ party }}:{{ method }}:{{ raw_path }}:{{ timestamp }}"
      When the call is sent
      Then it is refused as "invalidSignature"

      Examples:
        | task |
        | café |
        | a b  |

  Rule: The query is not signed

    @writes
    Scenario: A heartbeat with a query, signed without it
      Given a request "POST /api/npu/heartbeat?attempt=2"
      And the consumer is "npu-worker"
      And the credential is valid
      And the body is
        """json
        {}
        """
      When the call is sent
      Then the status is 200
      And the response field "/status" is a string

    @incident
    Scenario: A heartbeat with a query, signed with it
      Signed with its query string by a worker, and refused.

      Given a request "POST /api/npu/heartbeat?attempt=2"
      And the consumer is "npu-worker"
      And the credential is signed over "{{ party }}:{{ method }}:{{ path }}?{{ query }}:{{ timestamp }}"
      And the body is
        """json
        {}
        """
      When the call is sent
      Then it is refused as "invalidSignature"

  Rule: The message is service, method, path and timestamp, and nothing else

    Scenario Outline: Signed <fault>
      Given a call of "npuHeartbeat"
      And the credential is signed over "<message>"
      When the call is sent
      Then it is refused as "invalidSignature"

      Examples:
        | fault                       | message                                                            |
        | without the timestamp       | {{ party }}:{{ method }}:{{ path }}                                |
        | without the service         | {{ method }}:{{ path }}:{{ timestamp }}                            |
        | without the method          | {{ party }}:{{ path }}:{{ timestamp }}                             |
        | with a lower-case method    | {{ party }}:{{ method \| lower }}:{{ path }}:{{ timestamp }}       |
        | with bars instead of colons | {{ party }}\|{{ method }}\|{{ path }}\|{{ timestamp }}             |
        | with the body               | {{ party }}:{{ method }}:{{ path }}:{{ timestamp }}:{{ raw_body }} |

  Rule: The timestamp may be 300 seconds old, or ahead

    @writes
    Scenario Outline: A heartbeat signed 280 seconds <direction>
      Given a call of "npuHeartbeat"
      And the credential is signed 280 seconds <direction>
      When the call is sent
      Then the status is 200

      Examples:
        | direction |
        | ago       |
        | ahead     |

    @incident
    Scenario Outline: A heartbeat signed 320 seconds <direction>
      Documented is a variable `AUTH_TIMESTAMP_WINDOW`, but the backend never reads it:
      whatever it is set to, 300 seconds hold.

      Given a call of "npuHeartbeat"
      And the credential is signed 320 seconds <direction>
      When the call is sent
      Then it is refused as "outsideWindow"
      And the response field "/detail" contains "300s"

      Examples:
        | direction |
        | ago       |
        | ahead     |

    @writes
    Scenario: The same heartbeat is sent again within the window
      Given a call of "npuHeartbeat"
      When the call is sent
      And the same request is sent again
      Then the status is 200
