Feature: A model predicts from inputs
  Model 21 scores sales leads. A call names the model in the path and what is known about the lead in `inputs`.

  Rule: A prediction names its model, its score and how it was made

    Scenario: A lead is scored
      Given a call of "predict"
      When the call is sent
      Then the status is 200
      And the exchange conforms
      And the response field "/model_id" is "21"
      And the exchange equals the snapshot "predict"

    Scenario: The time of a prediction has no zone
      Consumers that parse the time with a zone fail, so the form is a promise.

      When "predict" is called
      Then the response field "/timestamp" matches "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?$"

    @incident
    Scenario: A POST to predict is not answered with 405
      Seen by a caller that used the host of the website and not that of the API: 405 for every prediction.

      When "predict" is called
      Then the status is 200
      And the response header "Allow" is absent

  Rule: The recommendation follows from the score, Hot from 70 and Warm from 40

    Scenario Outline: A lead with engagement <engagement> and <visits> website visits
      Given a call of "predict"
      And the field "/inputs/engagement_score" is <engagement>
      And the field "/inputs/website_visits" is <visits>
      When the call is sent
      Then the exchange conforms
      And the response field "/predictions/lead_score" is between 0 and 100
      And the response field "/predictions/conversion_probability" is between 0 and 1
      And the response field "/predictions/recommendation" matches "^(Hot|Warm|Cold)$"

      Examples:
        | engagement | visits |
        | 95         | 40     |
        | 0          | 0      |

    @fake
    Scenario Outline: A score between <low> and <high> is <recommendation>
      At the fake the score is the engagement score, so that each recommendation can be shown.

      Given a call of "predict"
      And the field "/inputs/engagement_score" is <engagement>
      When the call is sent
      Then the response field "/predictions/recommendation" is "<recommendation>"
      And the response field "/predictions/lead_score" is between <low> and <high>
      And the exchange conforms

      Examples:
        | engagement | recommendation | low | high |
        | 70         | Hot            | 70  | 100  |
        | 40         | Warm           | 40  | 69   |
        | 39         | Cold           | 0   | 39   |

  Rule: Every input is optional, inputs itself is not

    Scenario: A lead of which nothing is known
      When "predict" is called with the example "emptyInputs"
      Then the status is 200
      And the exchange conforms

    Scenario Outline: A lead of which only the <input> is known
      The factors are what spoke for the lead, so one known input is one factor.

      Given a call of "predict" with the example "emptyInputs"
      And the field "/inputs/<input>" is <value>
      When the call is sent
      Then the status is 200
      And the exchange conforms
      And the response field "/predictions/factors" has 1 items

      Examples:
        | input             | value |
        | company_size      | 1000  |
        | engagement_score  | 75    |
        | website_visits    | 10    |
        | email_opens       | 5     |
        | content_downloads | 3     |
        | demo_requested    | true  |
        | budget_confirmed  | true  |

    Scenario Outline: Nothing speaks for a lead whose <input> is <value>
      The model sets no limits to its inputs: what it cannot use is no factor, and no mistake.

      Given a call of "predict" with the example "emptyInputs"
      And the field "/inputs/<input>" is <value>
      When the call is sent
      Then the status is 200
      And the exchange conforms

      Examples: below the least that makes sense
        | input             | value |
        | company_size      | -1    |
        | engagement_score  | -1    |
        | website_visits    | -1    |
        | email_opens       | -1    |
        | content_downloads | -1    |
        | demo_requested    | false |
        | budget_confirmed  | false |
        | industry          | ""    |
        | decision_timeline | ""    |
        | title             | ""    |

      Examples: not known
        | input             | value |
        | company_size      | null  |
        | engagement_score  | null  |
        | website_visits    | null  |
        | email_opens       | null  |
        | content_downloads | null  |
        | demo_requested    | null  |
        | budget_confirmed  | null  |
        | industry          | null  |
        | decision_timeline | null  |
        | title             | null  |

      Examples: an input that the model does not have
        | input            | value |
        | favourite_colour | "red" |

    Scenario: Inputs is missing
      Given a call of "predict"
      And the field "/inputs" is left out
      When the call is sent
      Then it is refused as "invalid"
      And the response field "/detail/0/type" is "missing"
      And the response field "/detail/0/loc" is ["body", "inputs"]
      And the exchange equals the snapshot "inputs-missing"

    Scenario Outline: Inputs as <type>
      Given a call of "predict"
      And the field "/inputs" is retyped to <type>
      When the call is sent
      Then it is refused as "invalid"
      And the response field "/detail/0/type" is "dict_type"
      And the response field "/detail/0/loc" is ["body", "inputs"]

      Examples:
        | type   |
        | string |
        | null   |

  Rule: Options may be named, empty, null or left out

    Scenario Outline: The method "<method>" is named
      Given a call of "predict" with the example "localMethod"
      And the field "/options/inference_method" is "<method>"
      When the call is sent
      Then the status is 200
      And the exchange conforms
      And the response field "/metadata/inference_method" equals the request field "/options/inference_method"

      Examples:
        | method |
        | local  |
        | api    |

    Scenario: A version of the model is named
      Given a call of "predict" with the example "localMethod"
      And the field "/options/model_version" is "${model_version}"
      When the call is sent
      Then the status is 200
      And the exchange equals the snapshot "predict-with-options"

    Scenario Outline: A call with <value> in <field> is answered like any other
      Given a call of "predict" with the example "localMethod"
      And the field "<field>" is <value>
      When the call is sent
      Then the status is 200
      And the exchange conforms

      Examples: no version is named
        | field                  | value |
        | /options/model_version | ""    |
        | /options/model_version | null  |

      Examples: a field that the API does not know
        | field           | value |
        | /colour         | "red" |
        | /options/colour | "red" |

    Scenario Outline: <value> is refused in <field>
      Given a call of "predict" with the example "localMethod"
      And the field "/options/<field>" is <value>
      When the call is sent
      Then it is refused as "invalid"
      And the response field "/detail/0/type" is "string_type"
      And the response field "/detail/0/loc" is ["body", "options", "<field>"]

      Examples:
        | field            | value |
        | inference_method | null  |
        | model_version    | 1     |

    Scenario: Options is empty
      When "predict" is called with the example "emptyOptions"
      Then the status is 200
      And the exchange conforms

    @incident
    Scenario: Options is null
      Legal by the provider's own document, and answered with 500. Null is the same as no options.

      Given a call of "predict"
      And the field "/options" is null
      When the call is sent
      Then the status is 200
      And the exchange conforms
