import Core
import FoundationEssentials
import Peers
import Rules
import Store

extension Office {
  /// More than any business account may have (Meta: 6,000).
  private static let mostPages = 40

  /// Brings what we know of a business account's templates up to date; with `create` makes those of ours that it lacks
  /// in the business's language first. It may be done twice.
  func syncTemplates(_ connection: UUID, _ create: Bool, _ job: HeldJob) async -> Outcome {
    do throws(StoreError) {
      let found = try await database.tenant(job.tenant) { (scope) throws(StoreError) in
        try scope.templateAccount(connectionId: connection)
      }
      guard let found else { return .bury(why: "there is no such WhatsApp channel") }
      guard let business = found.businessId else {
        return .bury(why: "the channel has no whatsapp_business_account_id: enter it, then again")
      }
      guard let token = open(found.token, found.tokenId, tenant: job.tenant) else {
        return .bury(why: "no access token is stored, or it cannot be opened: tistis channels set-secret")
      }
      let access = ChannelAccess(base: settings.url(.graphURL), accountID: business, token: token)
      do throws(PeerError) {
        return try await bring(business, access, create ? TemplateDefinition.all(in: .of(found.language)) : [], job)
      } catch {
        return ended(error, job)
      }
    } catch {
      return later(error, job)
    }
  }

  private func bring(
    _ business: String, _ access: ChannelAccess, _ ours: [TemplateDefinition], _ job: HeldJob
  ) async throws(PeerError) -> Outcome {
    var sum = try await list(business, access, job)
    var made = [JSON]()
    var refused = [JSON]()
    for definition in ours where !sum.there.contains(definition.key) {
      do throws(PeerError) {
        let response = try await ask(try GraphTemplates.create(definition, access))
        let row = try GraphTemplates.created(response, definition)
        _ = try await keep(business, [row], at: .now, whole: false, job)
        made.append(.string(definition.name))
      } catch .refused(let code, let sentence) {
        refused.append(["name": .string(definition.name), "code": .string(code), "why": .string(sentence)])
      }
    }
    // What is made has its state only from the list.
    if !made.isEmpty { sum = try await list(business, access, job) }
    log.info(
      "templates_synced",
      ["business": business, "listed": String(sum.listed), "made": String(made.count), "req": job.requestID])
    return .done([
      "business": .string(business), "listed": .number(sum.listed), "gone": .number(sum.gone), "created": .array(made),
      "refused": .array(refused),
    ])
  }

  private struct Listed {
    var listed = 0
    var gone = 0
    var there = Set<String>()
  }

  private func list(_ business: String, _ access: ChannelAccess, _ job: HeldJob) async throws(PeerError) -> Listed {
    let at = Instant.now
    var all = [JSON]()
    var after: String?
    for page in 1... {
      let found = try GraphTemplates.page(try await ask(try GraphTemplates.list(after: after, access)))
      all += found.templates
      guard let next = found.after, next != after, page < Self.mostPages else {
        after = found.after
        break
      }
      after = next
    }
    // Unless all pages were read, nothing is known of what they do not name.
    let row = try await keep(business, all, at: at, whole: after == nil, job)
    let there = all.map { TemplateDefinition.key(Field($0)["name"].text ?? "", Field($0)["language"].text ?? "") }
    return Listed(listed: Int(row.listed), gone: Int(row.gone), there: Set(there))
  }

  private func ask(_ request: HTTPRequest) async throws(PeerError) -> HTTPResponse {
    do throws(HTTPFailure) { return try await http.send(request) } catch { throw PeerError(error) }
  }

  private func keep(
    _ business: String, _ rows: [JSON], at: Instant, whole: Bool, _ job: HeldJob
  ) async throws(PeerError) -> SyncTemplatesRow {
    do throws(StoreError) {
      return try await insist(job.tenant) { (scope) throws(StoreError) in
        try scope.syncTemplates(business: business, templates: JSONText(.array(rows)), at: at, whole: whole)
      }
    } catch { throw .unreachable(error.sentence, left: false) }
  }

  /// A question that may be asked again, and was not answered. What a person has to mend is not asked again by itself.
  private func ended(_ error: PeerError, _ job: HeldJob) -> Outcome {
    let why = "\(error.code): \(error.sentence)"
    log.warning("templates_not_synced", ["why": why, "req": job.requestID])
    guard error.repeatable(idempotent: true), !job.isLastAttempt else { return .bury(why: why) }
    var asked: Double?
    if case .throttled(let after, _, _) = error { asked = after }
    return .retry(after: pause(asked, job), why: why)
  }
}

extension TemplateDefinition {
  static func key(_ name: String, _ language: String) -> String { name + " " + language }
  var key: String { Self.key(name, language) }
}

extension Scope {
  /// What is wrong with the templates among these contents, against what their platform told of them, or what we had made
  /// there; nil: nothing that we know of.
  public func templateFault(_ contents: [OutboundContent], connectionId: UUID) throws(StoreError) -> ContentFault? {
    for case .template(let use) in contents {
      guard let known = try self.templateParts(name: use.name, language: use.language, connectionId: connectionId),
        let components = known.components.flatMap({ try? $0.parse() })
      else { continue }
      let shape = TemplateShape(components: Field(components), format: known.parameterFormat)
      do throws(ContentFault) { try shape.check(use) } catch { return error }
    }
    return nil
  }
}

extension OutboundContent.Template {
  static let usableText = JSONText(.array(usable.map { .string($0) }))
  var named: JSONText { JSONText(["name": .string(name), "language": .string(language)]) }
}

extension Scope {
  /// Why one of these templates may not leave that account now, and what to do; nil: all are approved.
  public func templateTrouble(_ contents: [OutboundContent], connectionId: UUID) throws(StoreError) -> String? {
    for case .template(let use) in contents {
      let trouble = try self.templateTrouble(
        connectionId: connectionId, template: use.named, usable: OutboundContent.Template.usableText)
      if let trouble { return trouble }
    }
    return nil
  }
}

extension Office {
  /// The last look before a template leaves: what the platform would refuse is not even asked.
  func checkTemplate(_ content: OutboundContent, _ ready: any Outgoing, _ job: HeldJob) async throws(PeerError) {
    guard case .template = content, let connection = (ready as? BeginSendRow)?.connectionId else { return }
    let fault: ContentFault?
    do throws(StoreError) {
      fault = try await database.tenant(job.tenant) { (scope) throws(StoreError) in
        try scope.templateFault([content], connectionId: connection)
      }
    } catch {
      // Not worth holding it up: the platform looks as well.
      log.warning("template_not_checked", ["why": error.sentence])
      return
    }
    if let fault { throw .refused(code: fault.code, sentence: fault.sentence) }
  }
}
