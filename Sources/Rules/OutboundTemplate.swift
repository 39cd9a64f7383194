import Core

extension OutboundContent {
  /// A template's name with what fills its gaps.
  public struct Template: Sendable, Equatable {
    public enum Category: String, Sendable, CaseIterable { case marketing, utility, authentication }

    public enum Header: Sendable, Equatable {
      case text(Parameter)
      case media(Media)
      case location(Place)
    }

    /// One gap: by its place in the list, or by its name if the template names them. Never both in one template.
    public struct Parameter: Sendable, Equatable {
      public enum Value: Sendable, Equatable {
        case text(String)
        /// `shown` where the person's phone cannot say it in its own way; the amount in thousandths of the currency.
        case money(shown: String, currency: String, thousandths: Int64)
        case date(shown: String)
      }
      public var name: String?
      public var value: Value

      public init(_ value: Value, name: String? = nil) {
        self.value = value
        self.name = name
      }
    }

    /// What a button of the template needs that differs from message to message.
    public struct Button: Sendable, Equatable {
      public enum Filling: Sendable, Equatable {
        /// Comes back as the `selection` when the button is pressed.
        case payload(String)
        /// The end of the button's address.
        case urlSuffix(String)
        /// What "copy code" copies.
        case code(String)
        case form(token: String, data: JSON?)
      }
      /// Of the template's buttons, from 0.
      public var index: Int
      public var filling: Filling

      public init(_ index: Int, _ filling: Filling) {
        self.index = index
        self.filling = filling
      }
    }

    public var name: String
    /// As it was approved: `es_MX`.
    public var language: String
    /// nil: what the platform has told of it decides.
    public var category: Category?
    public var header: Header?
    public var body: [Parameter]
    public var buttons: [Button]

    public init(
      name: String, language: String, category: Category? = nil, header: Header? = nil, body: [Parameter] = [],
      buttons: [Button] = []
    ) {
      self.name = name
      self.language = language
      self.category = category
      self.header = header
      self.body = body
      self.buttons = buttons
    }

    /// What a template can be (as the platform's news call it) and still be sent. One of which nothing was heard cannot.
    public static let usable = ["APPROVED", "FLAGGED", "REINSTATED"]
  }
}

/// A parameter's text as platforms take it: no new line, no tab, never five spaces in a row.
public func squeezed(parameter text: String) -> String {
  text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
}
