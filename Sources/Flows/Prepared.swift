import Core
import FoundationEssentials
import Rules
import Store

/// What came of a wish to send something prepared.
public enum PreparedOutcome: Sendable, Equatable {
  /// Stored, with the jobs that send it. `form`: the kind of content that leaves first.
  case queued(message: UUID, form: String)
  /// The person's window is closed, and there is no template for it on that channel.
  case windowClosed
  /// Only the template could go, and the platform has not approved it; the account and what to do about it.
  case templateBlocked(BlockedTemplate, why: String)
  /// Nothing to offer.
  case empty
  /// It offers something, and the person wants no promotions.
  case optedOut
  /// It would be refused.
  case unfit(ContentFault)
  case unknown
}

/// A template that an account may not use now.
public struct BlockedTemplate: Sendable, Equatable {
  let account: UUID
  let template: OutboundContent.Template
}

/// What is prepared, by whom it is asked for.
public enum PreparedWish: Sendable, Equatable {
  case appointmentConfirmation(AppointmentWish)
  case reminder(AppointmentWish)
  case servicesMenu
  /// `service` empty: none is known.
  case followUp(service: String)
}

/// An appointment of ours, or one that somebody else keeps, in words.
public enum AppointmentWish: Sendable, Equatable {
  case ours(UUID)
  /// `name` nil: the person's own.
  case words(service: String, date: String, time: String, name: String?)
}

/// What something prepared is made of, and what the channel allows.
private struct PreparedGround {
  let row: PreparedGroundRow
  let conversation: UUID
  let limits: ChannelLimits
  /// The language of a template, and its words.
  var code: String
  var phrases: Phrases
}

extension Scope {
  /// Sends something prepared to a conversation's person, in the form that the window allows. The assistant goes on
  /// answering there.
  /// - Parameter ownWords: the business's, for while the window is open; what does not fit there is said in ours.
  public func sendPrepared(
    _ wish: PreparedWish, conversation: UUID, onlyBranch: UUID?, requestId: String?, ownWords: String? = nil
  ) throws(StoreError) -> PreparedOutcome {
    guard
      let row = try self.preparedGround(
        windows: JSONText(Office.windowHours), conversationId: conversation, onlyBranch: onlyBranch),
      let ground = try ground(row, wish, conversation)
    else { return .unknown }
    guard let prepared = try prepared(wish, ground) else {
      return wish != .servicesMenu ? .unknown : row.stopped ? .optedOut : .empty
    }
    let contents: [OutboundContent]
    switch try self.contents(prepared, ground, ownWords) {
    case .ready(let ready): contents = ready
    case .not(let outcome): return outcome
    }
    let numbered = prepared.numbered(in: contents)
    let message = try sendPrepared(
      conversationId: conversation, parts: staffParts(contents), kind: prepared.kind, requestId: requestId,
      numbered: numbered.isEmpty ? nil : JSONText(.array(numbered.map { .string($0) })), onlyBranch: onlyBranch)
    return message.map { .queued(message: $0, form: contents.first?.kind.rawValue ?? "text") } ?? .unknown
  }

  /// Nil: a channel of which nothing is known.
  private func ground(
    _ row: PreparedGroundRow, _ wish: PreparedWish, _ conversation: UUID
  ) throws(StoreError) -> PreparedGround? {
    guard let channel = ChannelName(rawValue: row.channel) else { return nil }
    let (limits, business) = (ChannelLimits.of(channel), Phrases.of(row.language))
    var ground = PreparedGround(
      row: row, conversation: conversation, limits: limits, code: business.templateLanguage, phrases: business)
    if !row.open, limits.hasTemplates, let template = wish.template {
      (ground.code, ground.phrases) = Phrases.template(
        row.language,
        approved: try self.templateLanguages(
          name: template.rawValue, connectionId: row.connectionId, usable: OutboundContent.Template.usableText))
    }
    return ground
  }

  /// What is said, in both forms. Nil: there is no such appointment; of services, none, or the person wants no promotions.
  private func prepared(_ wish: PreparedWish, _ ground: PreparedGround) throws(StoreError) -> PreparedMessage? {
    let (row, phrases, code) = (ground.row, ground.phrases, ground.code)
    switch wish {
    case .appointmentConfirmation(let appointment):
      guard let words = try words(appointment, row, ground.conversation, phrases) else { return nil }
      return .appointmentConfirmation(words, in: phrases, code: code)
    case .reminder(let appointment):
      guard let words = try words(appointment, row, ground.conversation, phrases) else { return nil }
      return .reminder(words, in: phrases, code: code)
    case .servicesMenu:
      guard !row.stopped else { return nil }
      let services = try self.offeredServices(limit: 200).map {
        OfferedService(id: $0.slug, name: $0.name, line: $0.line(phrases))
      }
      return .servicesMenu(services, business: row.business, ground.limits, in: phrases)
    case .followUp(let service):
      return .followUp(name: row.person, business: row.business, service: service, in: phrases, code: code)
    }
  }

  private enum Contents {
    case ready([OutboundContent])
    case not(PreparedOutcome)
  }

  /// What leaves: freely while the window is open, else by the template.
  private func contents(
    _ prepared: PreparedMessage, _ ground: PreparedGround, _ ownWords: String?
  ) throws(StoreError) -> Contents {
    let (limits, connection) = (ground.limits, ground.row.connectionId)
    let contents: [OutboundContent]
    if ground.row.open {
      let own = ladder(prepared.saying(ownWords).open, limits, ground.phrases)
      let ours = ladder(prepared.open, limits, ground.phrases)
      contents = own.count <= ours.count && own.allSatisfy { $0.fits(limits) } ? own : ours
    } else if let template = prepared.closed, limits.hasTemplates {
      if let why = try templateTrouble([.template(template)], connectionId: connection) {
        return .not(.templateBlocked(.init(account: connection, template: template), why: why))
      }
      contents = [.template(template)]
    } else {
      return .not(.windowClosed)
    }
    for content in contents {
      do throws(ContentFault) { try content.check(limits) } catch { return .not(.unfit(error)) }
    }
    if let fault = try templateFault(contents, connectionId: connection) { return .not(.unfit(fault)) }
    return .ready(contents)
  }

  /// Tells people that this keeps something from being said.
  func alert(of blocked: BlockedTemplate) throws(StoreError) {
    try self.alertTemplate(
      connectionId: blocked.account, template: blocked.template.named, usable: OutboundContent.Template.usableText)
  }

  private func words(
    _ wish: AppointmentWish, _ ground: PreparedGroundRow, _ conversation: UUID, _ phrases: Phrases
  ) throws(StoreError) -> AppointmentWords? {
    switch wish {
    case .ours(let id):
      guard let row = try self.appointmentWords(appointmentId: id, conversationId: conversation) else { return nil }
      return AppointmentWords(
        name: phrases.name(ground.person), service: phrases.service(row.service), business: ground.business,
        date: phrases.date(weekday: Int(row.weekday), day: Int(row.day), month: Int(row.month)),
        time: phrases.timeOfDay(row.time), id: id.text)
    case .words(let service, let date, let time, let name):
      return AppointmentWords(
        name: phrases.name(name ?? ground.person), service: service, business: ground.business, date: date, time: time)
    }
  }
}

extension PreparedWish {
  /// That says it once the window is closed; nil: there is none.
  fileprivate var template: OwnTemplate? {
    switch self {
    case .appointmentConfirmation: .appointmentConfirmation
    case .reminder: .reminder
    case .servicesMenu: nil
    case .followUp: .followUp
    }
  }
}

extension OutboundContent {
  fileprivate func fits(_ limits: ChannelLimits) -> Bool {
    do throws(ContentFault) { try check(limits) } catch { return false }
    return true
  }
}

extension OfferedServicesRow {
  /// `$800 MXN · Con ultrasonido`
  fileprivate func line(_ phrases: Phrases) -> String? {
    func plain(_ price: String) -> String { price.hasSuffix(".00") ? String(price.dropLast(3)) : price }
    let price =
      switch (priceMin, priceMax) {
      case (let low?, let high?) where low != high: "$\(plain(low))–\(plain(high)) \(currency)"
      case (let low?, _): "$\(plain(low)) \(currency)"
      case (nil, let high?): phrases.price(upTo: "$\(plain(high)) \(currency)")
      case (nil, nil): ""
      }
    let parts = [price, description].filter { !$0.isEmpty }
    return parts.isEmpty ? nil : parts.joined(separator: " · ")
  }
}
