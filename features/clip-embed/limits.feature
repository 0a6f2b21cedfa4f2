Feature: What is embedded keeps its limits
  Limits are a matter of shape: 422, with the place of each mistake, whatever the signature is worth.

  Rule: A text has 1 to 10000 characters

    Scenario: An empty text is refused
      Given a call of "embedText"
      And the field "/text" is ""
      When the call is sent
      Then it is refused as "invalidShape"
      And the response conforms
      And the response field "/detail/0/type" is "string_too_short"
      And the response field "/detail/0/loc" is ["body", "text"]
      And the exchange equals the snapshot "text-too-short"

    Scenario: A text of more than 10000 characters is refused
      Given a call of "embedText"
      And the field "/text" is a text of 10001 characters
      When the call is sent
      Then it is refused as "invalidShape"
      And the response field "/detail/0/type" is "string_too_long"
      And the response field "/detail/0/loc" is ["body", "text"]

    Scenario: Every mistake is named, not only the first
      Given a call of "embedText"
      And the credential is missing
      And the field "/text" is renamed to "query"
      When the call is sent
      Then it is refused as "invalidShape"
      And the response field "/detail" has 2 items
      And the response field "/detail/0/loc" is ["body", "text"]
      And the response field "/detail/1/loc" is ["body", "auth"]

  Rule: An image is named by an http address

    Scenario: An ftp address is refused
      Given a call of "embedImage"
      And the field "/image_url" is "ftp://images.invalid/cat.jpg"
      When the call is sent
      Then it is refused as "invalidShape"
      And the response field "/detail/0/loc" is ["body", "image_url"]

  Rule: The body is JSON

    Scenario: A body that is no JSON is refused at the character where it breaks
      Given a call of "embedText"
      And the body is
        """
        {"text": "red car",
        """
      When the call is sent
      Then it is refused as "invalidShape"
      And the response conforms
      And the response field "/detail/0/type" is "json_invalid"
      And the response field "/detail/0/loc/0" is "body"
      And the response field "/detail/0/loc/1" is an integer
      And the exchange equals the snapshot "body-not-json"
