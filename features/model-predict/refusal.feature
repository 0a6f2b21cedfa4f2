Feature: An error says what was wrong
  The checks come in this order: key, route, method, body, model.
  Every error is `{"detail": …}`.

  Rule: A key that nobody knows is refused with its cause and nothing else

    Scenario: Nobody knows the key
      Given a call of "predict"
      And the credential is unknown
      When the call is sent
      Then it is refused as "invalidKey"
      And the response header "WWW-Authenticate" is absent
      And the exchange equals the snapshot "invalid-key"

  Rule: The key is checked before the route

    @incident
    Scenario: A missing route, asked with a valid key
      Seen when the route of predict was missing in a deployment. Only the 404 beside a valid key tells it.

      Given a request "POST /models/21/no-such-route"
      And the credential is valid
      When the call is sent
      Then it is refused as "notFound"
      And the response field "/detail" is "Not Found"
      And the exchange equals the snapshot "not-found"

    @incident
    Scenario: A missing route, asked without a key
      Given a request "POST /models/21/no-such-route"
      When the call is sent
      Then it is refused as "keyRequired"

    Scenario: A GET of predict with a valid key
      Given a request "GET /models/21/predict"
      And the credential is valid
      When the call is sent
      Then it is refused as "methodNotAllowed"
      And the response header "Allow" is "POST"
      And the exchange equals the snapshot "method-not-allowed"

    Scenario: A body without inputs and without a key
      Given a call of "predict"
      And the credential is missing
      And the field "/inputs" is left out
      When the call is sent
      Then it is refused as "keyRequired"

    Scenario Outline: "<operation>" of a model that is not served, asked without a key
      Given a call of "<operation>"
      And the credential is missing
      And the parameter "model_id" is "${unknown_model}"
      When the call is sent
      Then it is refused as "keyRequired"

      Examples:
        | operation |
        | predict   |
        | modelInfo |

    Scenario: A body without inputs for a model that is not served
      Given a call of "predict"
      And the parameter "model_id" is "${unknown_model}"
      And the field "/inputs" is left out
      When the call is sent
      Then it is refused as "invalid"

  Rule: A model that is not served is named in the 404

    Scenario: A prediction of a model that is not served
      Given a call of "predict"
      And the parameter "model_id" is "${unknown_model}"
      When the call is sent
      Then it is refused as "modelNotFound"
      And the response field "/detail" is "Model ${unknown_model} not found"
      And the exchange equals the snapshot "model-not-found"

    Scenario Outline: "<operation>" knows no model "<model>"
      A model is named by any text, however short.

      Given a call of "<operation>"
      And the parameter "model_id" is "<model>"
      When the call is sent
      Then it is refused as "modelNotFound"
      And the response field "/detail" is "Model <model> not found"

      Examples:
        | operation | model  |
        | predict   | 0      |
        | predict   | nobody |
        | modelInfo | 0      |
        | modelInfo | nobody |

  Rule: A method that does not exist is named in the 400

    Scenario: A method without a name
      Given a call of "predict" with the example "localMethod"
      And the field "/options/inference_method" is ""
      When the call is sent
      Then it is refused as "unknownMethod"
      And the response field "/detail" is "Unknown inference method: "

    Scenario: The method "quantum"
      Given a call of "predict" with the example "localMethod"
      And the field "/options/inference_method" is "quantum"
      When the call is sent
      Then it is refused as "unknownMethod"
      And the response field "/detail" is "Unknown inference method: quantum"
      And the exchange equals the snapshot "unknown-method"

    @incident
    Scenario: An error has no hint
      Proposed after callers found no hint in an error: `{"error", "message", "hint"}`. It was never built.

      Given a call of "predict" with the example "localMethod"
      And the field "/options/inference_method" is "quantum"
      When the call is sent
      Then the status is 400
      And the response field "/detail" is a string
      And the response field "/error" is absent
      And the response field "/message" is absent
      And the response field "/hint" is absent
