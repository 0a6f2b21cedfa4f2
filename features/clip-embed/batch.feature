Feature: A batch of images becomes vectors
  One call embeds up to sixteen images. Each item is signed by itself, since an item is what the worker would take alone.

  Rule: There is one result for each item, in the order of the items

    Scenario: The search API embeds two images at once
      Given a call of "embedImageBatch"
      And the field "/items/0/image_url" is "${image_url}"
      And the field "/items/1/image_url" is "${other_image_url}"
      When the call is sent
      Then the status is 200
      And the exchange conforms
      And the response field "/results" has 2 items
      And the response field "/results/0/request_id" equals the request field "/items/0/request_id"
      And the response field "/results/1/request_id" equals the request field "/items/1/request_id"
      And the response field "/results/0/dim" counts the items of "/results/0/embedding"
      And the response field "/results/0/embedding" has the norm 1.0 within 0.01
      And the exchange equals the snapshot "embed-image-batch"

    Scenario: Each item says by itself whether its vector is normalised
      Given a call of "embedImageBatch"
      And the field "/items/0/normalize" is false
      And the field "/items/1/normalize" is true
      When the call is sent
      Then the status is 200
      And the exchange conforms
      And the response field "/results/0/normalized" equals the request field "/items/0/normalize"
      And the response field "/results/1/normalized" equals the request field "/items/1/normalize"

  Rule: An image that cannot be fetched is an error of its item alone

    Scenario: One of two images cannot be fetched
      Given a call of "embedImageBatch"
      And the field "/items/0/image_url" is "https://images.invalid/no.jpg"
      And the field "/items/1/image_url" is "${image_url}"
      When the call is sent
      Then the status is 200
      And the exchange conforms
      And the response field "/results/0/error/code" is "DOWNLOAD_ERROR"
      And the response field "/results/0/error/request_id" equals the request field "/items/0/request_id"
      And the response field "/results/0/embedding" is absent
      And the response field "/results/1/error" is absent
      And the response field "/results/1/embedding" has 512 items
      And the exchange equals the snapshot "embed-image-batch-one-failed"

  Rule: A batch holds 1 to 16 items, each with a name

    Scenario: Sixteen items are taken, and none of them can be fetched
      The answer is 200 even when every item failed.
      Given a call of "embedImageBatch"
      And the field "/items" is [{"image_url": "https://images.invalid/no.jpg", "request_id": "img"}]
      And the field "/items" has 16 items
      When the call is sent
      Then the status is 200
      And the exchange conforms
      And the response field "/results" has 16 items
      And the response field "/results/15/error/code" is "DOWNLOAD_ERROR"

    Scenario Outline: A batch of <count> is refused as <type>
      Given a call of "embedImageBatch"
      And the field "/items" has <count> items
      When the call is sent
      Then it is refused as "invalidShape"
      And the response conforms
      And the response field "/detail/0/type" is "<type>"
      And the response field "/detail/0/loc" is ["body", "items"]

      Examples:
        | count | type      |
        | 0     | too_short |
        | 17    | too_long  |

    Scenario: An item without a name is refused
      Given a call of "embedImageBatch"
      And the field "/items/1/request_id" is left out
      When the call is sent
      Then it is refused as "invalidShape"
      And the response field "/detail/0/type" is "missing"
      And the response field "/detail/0/loc" is ["body", "items", 1, "request_id"]

  Rule: Each item carries its own signature

    Scenario: A signature above the items does not stand for them
      Given a call of "embedImageBatch"
      And the credential is missing
      And the field "/auth" is {"ts": 1766904259, "sig": "b87fe76690dbc558ba4459393d01cc1f9d378ca734e3ff80ebf037863209eb97"}
      When the call is sent
      Then it is refused as "invalidShape"
      And the response field "/detail/0/type" is "missing"
      And the response field "/detail/0/loc" is ["body", "items", 0, "auth"]

    @incident
    Scenario: The refusal of an item comes in the envelope "detail"
      The single calls use "error". A reader that knows only one of the two takes the other for no refusal.
      Given a call of "embedImageBatch"
      And the credential is unknown
      When the call is sent
      Then it is refused as "itemNotAuthentic"
      And the exchange conforms
      And the response field "/detail/code" is "AUTH_FAILED"
      And the response field "/detail/message" starts with "Authentication failed for request_id="
      And the response field "/error" is absent
      And the exchange equals the snapshot "batch-item-not-authentic"

    Scenario: One wrong item refuses the whole batch
      Given a call of "embedImageBatch"
      And the field "/items/1/auth/sig" is "0000000000000000000000000000000000000000000000000000000000000000"
      When the call is sent
      Then it is refused as "itemNotAuthentic"
      And the response field "/detail/request_id" equals the request field "/items/1/request_id"
      And the response field "/results" is absent

    Scenario: An old item is refused like a wrong one
      Given a call of "embedImageBatch"
      And the credential is stale
      When the call is sent
      Then it is refused as "itemNotAuthentic"

    Scenario: An item signed with the path of the single call is refused
      Given a call of "embedImageBatch"
      And the credential is signed over "POST|/v1/embed/image|{{ payload }}|{{ timestamp }}"
      When the call is sent
      Then it is refused as "itemNotAuthentic"
