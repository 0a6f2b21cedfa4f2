Feature: Parcels, with a key in the query

  Scenario: A parcel is on its way
    When "trackParcel" is called
    Then the status is 200
    And the response field "/state" is "in_transit"

  Scenario: Tracking needs its key
    Then "trackParcel" opens to its credential only

  Scenario: A parcel that nobody knows
    When "trackParcel" is called with
      | parcel_id | p-9999 |
    Then it is refused as "parcelNotFound"
