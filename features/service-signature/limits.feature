Feature: What the backend takes in a body
  The backend wants every field, each of its type. It sets no limits beyond that: a text may be empty,
  a number may be below 0, and a field that the backend does not know is not read.

  Rule: A text may be empty

    @writes
    Scenario Outline: "<operation>" takes an empty text in <field>
      Given a call of "<operation>"
      And the field "<field>" is ""
      When the call is sent
      Then the status is 200
      And the exchange conforms

      Examples: the NPU worker
        | operation              | field           |
        | npuSendInferenceResult | /model_id       |
        | npuSendInferenceResult | /response       |
        | npuSendInferenceResult | /device         |
        | npuReportStatus        | /optimal_device |

      Examples: the AI stack
        | operation                  | field                |
        | aiStackReportModelStatus   | /llama-3.2-3b/status |
        | aiStackSendInferenceResult | /model               |
        | aiStackSendInferenceResult | /response            |

      Examples: the browser service
        | operation                   | field   |
        | browserSendAutomationResult | /url    |
        | browserSendAutomationResult | /status |

  Rule: A number may be below 0

    @writes
    Scenario Outline: "<operation>" takes -1 in <field>
      Given a call of "<operation>"
      And the field "<field>" is -1
      When the call is sent
      Then the status is 200
      And the exchange conforms

      Examples: the NPU worker
        | operation              | field              |
        | npuSendInferenceResult | /inference_time_ms |
        | npuReportStatus        | /loaded_models     |
        | npuReportStatus        | /temperature       |

      Examples: the AI stack
        | operation                  | field                 |
        | aiStackReportModelStatus   | /llama-3.2-3b/size_mb |
        | aiStackSendInferenceResult | /tokens               |
        | aiStackSendInferenceResult | /inference_time_ms    |

      Examples: the browser service
        | operation                   | field           |
        | browserSendAutomationResult | /duration_ms    |
        | browserSendAutomationResult | /elements_found |

  Rule: A field that the backend does not know is not read

    @writes
    Scenario Outline: "<operation>" takes <field> beside its own fields
      Given a call of "<operation>"
      And the field "<field>" is "of a newer worker"
      When the call is sent
      Then the status is 200
      And the exchange conforms

      Examples: the NPU worker
        | operation              | field       |
        | npuSendInferenceResult | /unforeseen |
        | npuReportStatus        | /unforeseen |
        | npuHeartbeat           | /unforeseen |

      Examples: the AI stack
        | operation                  | field                    |
        | aiStackReportModelStatus   | /llama-3.2-3b/unforeseen |
        | aiStackSendInferenceResult | /unforeseen              |
        | aiStackHeartbeat           | /unforeseen              |

      Examples: the browser service
        | operation                   | field       |
        | browserSendAutomationResult | /unforeseen |
        | browserSendConsoleLogs      | /unforeseen |
        | browserHeartbeat            | /unforeseen |

  Rule: Every field is needed, and is of its type

    @writes
    Scenario: A result without its device
      Given a call of "npuSendInferenceResult"
      And the field "/device" is left out
      When the call is sent
      Then it is refused as "invalid"
      And the exchange equals the snapshot "invalid-body"

    @writes
    Scenario: Console logs that are no list
      Given a call of "browserSendConsoleLogs"
      And the field "/logs" is retyped to object
      When the call is sent
      Then it is refused as "invalid"

  Rule: No field may be null

    @writes
    Scenario Outline: "<operation>" refuses null in <field>
      Given a call of "<operation>"
      And the field "<field>" is null
      When the call is sent
      Then it is refused as "invalid"

      Examples: the NPU worker
        | operation              | field              |
        | npuSendInferenceResult | /model_id          |
        | npuSendInferenceResult | /response          |
        | npuSendInferenceResult | /inference_time_ms |
        | npuSendInferenceResult | /device            |
        | npuReportStatus        | /npu_available     |
        | npuReportStatus        | /loaded_models     |
        | npuReportStatus        | /optimal_device    |
        | npuReportStatus        | /temperature       |

      Examples: the AI stack
        | operation                  | field                 |
        | aiStackReportModelStatus   | /llama-3.2-3b/status  |
        | aiStackReportModelStatus   | /llama-3.2-3b/size_mb |
        | aiStackSendInferenceResult | /model                |
        | aiStackSendInferenceResult | /response             |
        | aiStackSendInferenceResult | /tokens               |
        | aiStackSendInferenceResult | /inference_time_ms    |

      Examples: the browser service
        | operation                   | field           |
        | browserSendAutomationResult | /url            |
        | browserSendAutomationResult | /status         |
        | browserSendAutomationResult | /duration_ms    |
        | browserSendAutomationResult | /elements_found |
        | browserSendConsoleLogs      | /logs           |

  Rule: A result belongs to the task or the request in its path

    @writes
    Scenario Outline: "<operation>" takes a result for the <what> "<name>"
      A name of one character is a name too, and the answer repeats it.

      Given a call of "<operation>"
      And the parameter "<parameter>" is "<name>"
      When the call is sent
      Then the status is 200
      And the exchange conforms
      And the response field "/<parameter>" is "<name>"

      Examples:
        | operation                   | what    | parameter  | name |
        | npuSendInferenceResult      | task    | task_id    | 7    |
        | aiStackSendInferenceResult  | request | request_id | 7    |
        | browserSendAutomationResult | task    | task_id    | 7    |
