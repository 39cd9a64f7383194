import Core

extension OutboundContent {
  public struct Media: Sendable, Equatable {
    public enum Form: String, Sendable, CaseIterable { case image, video, audio, document, sticker }

    /// The platform's id of what was uploaded there, or where the platform may fetch it.
    public enum Source: Sendable, Equatable {
      case id(String)
      case link(String)
    }

    public var form: Form
    public var source: Source
    public var caption: String?
    /// Of a document: what the person sees and saves.
    public var filename: String?
    /// Of audio: shown as a voice note.
    public var voice: Bool
    /// What is known of the file before it is sent; checked, never sent.
    public var mimeType: String?
    public var bytes: Int64?

    public init(
      _ form: Form, _ source: Source, caption: String? = nil, filename: String? = nil, voice: Bool = false,
      mimeType: String? = nil, bytes: Int64? = nil
    ) {
      self.form = form
      self.source = source
      self.caption = caption
      self.filename = filename
      self.voice = voice
      self.mimeType = mimeType
      self.bytes = bytes
    }
  }

  public struct Place: Sendable, Equatable {
    /// Decimal degrees as text, so that they stay exact.
    public var latitude: String
    public var longitude: String
    public var name: String?
    public var address: String?

    public init(latitude: String, longitude: String, name: String? = nil, address: String? = nil) {
      self.latitude = latitude
      self.longitude = longitude
      self.name = name
      self.address = address
    }
  }

  /// Somebody's visiting card.
  public struct Card: Sendable, Equatable {
    public struct Phone: Sendable, Equatable {
      public var number: String
      /// WORK, HOME, CELL …
      public var type: String?
      /// The number as the platform knows it: then the card has a button that writes to it.
      public var waID: String?

      public init(_ number: String, type: String? = nil, waID: String? = nil) {
        self.number = number
        self.type = type
        self.waID = waID
      }
    }

    public var name: String
    public var firstName: String?
    public var lastName: String?
    public var organisation: String?
    public var phones: [Phone]
    public var emails: [String]

    public init(
      name: String, firstName: String? = nil, lastName: String? = nil, organisation: String? = nil,
      phones: [Phone] = [], emails: [String] = []
    ) {
      self.name = name
      self.firstName = firstName
      self.lastName = lastName
      self.organisation = organisation
      self.phones = phones
      self.emails = emails
    }
  }
}
