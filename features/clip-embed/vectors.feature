Feature: A text or an image becomes a vector
  The search API compares what people type with what pictures show. For that it asks the CLIP worker for vectors, and it
  relies on two things: a vector holds 512 numbers, and its length is 1 unless the search API asked otherwise.

  Rule: A text becomes a vector of 512 numbers

    Scenario: The search API embeds a text
      When "embedText" is called
      Then the status is 200
      And the exchange conforms
      And the exchange equals the snapshot "embed-text"

    @incident
    Scenario: A worker whose model gives 768 numbers is noticed
      Such a worker answers 200 as well: only the promise about the count shows the wrong model.
      When "embedText" is called
      Then the status is 200
      And the response field "/dim" is 512
      And the response field "/embedding" has 512 items
      And the response field "/dim" counts the items of "/embedding"

    Scenario: A vector has the length 1 when nothing is said about it
      When "embedText" is called
      Then the response field "/normalized" is true
      And the response field "/embedding" has the norm 1.0 within 0.01

    Scenario: A vector is left as the model gives it when that is asked for
      Given a call of "embedText"
      And the field "/normalize" is false
      When the call is sent
      Then the status is 200
      And the exchange conforms
      And the response field "/normalized" equals the request field "/normalize"
      And the response field "/embedding" has 512 items

    Scenario: A text may have 10000 characters
      Given a call of "embedText"
      And the field "/text" is a text of 10000 characters
      When the call is sent
      Then the status is 200
      And the exchange conforms

  Rule: An image becomes a vector of the same space

    Scenario: The search API embeds an image
      Given a call of "embedImage"
      And the field "/image_url" is "${image_url}"
      When the call is sent
      Then the status is 200
      And the exchange conforms
      And the response field "/request_id" matches "^img-[0-9a-f]{8}$"
      And the exchange equals the snapshot "embed-image"

    Scenario: The vector of an image keeps the same promises
      Given a call of "embedImage"
      And the field "/image_url" is "${image_url}"
      When the call is sent
      Then the response field "/dim" is 512
      And the response field "/dim" counts the items of "/embedding"
      And the response field "/embedding" has the norm 1.0 within 0.01

    Scenario: An image that cannot be fetched is the caller's mistake
      The call is authentic, so the answer is neither 401 nor 5xx.
      Given a call of "embedImage"
      And the field "/image_url" is "https://images.invalid/no.jpg"
      When the call is sent
      Then it is refused as "imageUnfetchable"
      And the exchange conforms
      And the response field "/error/code" is "DOWNLOAD_ERROR"
      And the exchange equals the snapshot "image-unfetchable"

    Scenario: The vector of an image is left as the model gives it when that is asked for
      Given a call of "embedImage"
      And the field "/image_url" is "${image_url}"
      And the field "/normalize" is false
      When the call is sent
      Then the status is 200
      And the exchange conforms
      And the response field "/normalized" equals the request field "/normalize"

  Rule: The answer carries the caller's name for the call

    Scenario Outline: The own name of a call of "<operation>" comes back
      Given a call of "<operation>"
      And the field "/request_id" is "search-42"
      When the call is sent
      Then the response field "/request_id" equals the request field "/request_id"
      And the exchange conforms

      Examples:
        | operation  |
        | embedText  |
        | embedImage |

    Scenario: A text without a name gets one
      When "embedText" is called
      Then the response field "/request_id" matches "^txt-[0-9a-f]{8}$"
