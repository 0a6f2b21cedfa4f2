Feature: A model says what it is and how it fares
  Before it predicts, a consumer may ask what the model is and whether it can answer now.

  Rule: The info of a model says how it can be asked

    Scenario: The info of model 21
      Given a call of "modelInfo"
      When the call is sent
      Then the status is 200
      And the exchange conforms
      And the response field "/model_id" is "21"
      And the response field "/is_available" is a boolean
      And the response field "/inference_methods" is an array
      And the response field "/max_batch_size" is an integer
      And the exchange equals the snapshot "model-info"

    Scenario: The info of a model that is not served
      Given a call of "modelInfo"
      And the parameter "model_id" is "${unknown_model}"
      When the call is sent
      Then it is refused as "modelNotFound"
      And the exchange equals the snapshot "info-of-unknown-model"

  Rule: The health of a model is always answered with 200

    Scenario: The health of model 21
      Given a call of "modelHealth"
      When the call is sent
      Then the status is 200
      And the exchange conforms
      And the response field "/model_id" is "21"
      And the response field "/inference_ready" is a boolean
      And the exchange equals the snapshot "model-health"

    Scenario: A model that is not served is unhealthy, not missing
      A monitor that reads the status code alone takes it for healthy: it has to read `status`.

      Given a call of "modelHealth"
      And the parameter "model_id" is "${unknown_model}"
      When the call is sent
      Then the status is 200
      And the response field "/status" is "unhealthy"
      And the response field "/error" is a string
      And the exchange conforms
      And the exchange equals the snapshot "health-of-unknown-model"

    Scenario Outline: The health of a model "<model>" is bad
      Given a call of "modelHealth"
      And the parameter "model_id" is "<model>"
      When the call is sent
      Then the status is 200
      And the response field "/model_id" is "<model>"
      And the response field "/status" is "unhealthy"
      And the exchange conforms

      Examples:
        | model  |
        | 0      |
        | nobody |
