import ArgumentParser
import Core
import Flows
import FoundationEssentials
import Rules
import Store

struct Keys: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Integrators' API keys of a business.",
    subcommands: [List.self, Create.self, Rotate.self, Revoke.self])

  struct Unknown: Error, CustomStringConvertible { let description: String }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List a tenant's keys, the newest first. Of a key itself only its beginning and end are known.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Flag(help: "Also those that are over.") var all = false
    @Flag(help: "As a JSON array.") var json = false

    func run() throws {
      administer([.databaseURL]) { settings in
        let rows = try Selected(tenant, settings).scope.keysOf(all: all, limit: 1000)
        if json { return say(JSON.array(rows.map(\.json)).text) }
        for row in rows {
          let used = row.lastUsedAt.map { "used \($0)" } ?? "never used"
          say("\(row.id.text)  \(row.state)  \(row.keyPrefix)\(row.keyHint)  \(used)  \(row.name)")
          say("    \(row.scopes.joined(separator: " "))")
        }
        say("\(rows.count) \(all ? "in all" : "in use")")
      }
    }
  }

  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a key. It is printed once, on a line of its own, and can never be seen again.",
      discussion: """
        Scopes: \(APIScope.all.joined(separator: " ")).

          tistis keys create --tenant clinica-sol --name "web form" --scope leads:write
        """)
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "What it is for; no two keys in use have one name.") var name: String
    @Option(help: "What it may do. Again for each.") var scope: [String] = []
    @Option(help: "Sees only this branch, by its slug.") var branch: String?
    @Flag(help: "A key for trying things out: tis_test_….") var test = false
    @Option(help: "Calls a minute, at most 1000 (default: what the plan allows).") var perMinute: Int?
    @Option(help: "Calls a day, at most 1000000 (default: what the plan allows).") var perDay: Int?
    @Option(help: "Days until it ends (default: it does not).") var days: Int?
    @Flag(help: "As a JSON object.") var json = false

    func validate() throws {
      guard !scope.isEmpty else { throw ValidationError("A key without --scope may do nothing: name what it is for.") }
      for scope in scope where !APIScope.all.contains(scope) {
        throw ValidationError("\(scope) is none of: \(APIScope.all.joined(separator: " ")).")
      }
      guard (1...100).contains(name.unicodeScalars.count) else {
        throw ValidationError("--name is 1 to 100 characters.")
      }
      guard (1...1000).contains(perMinute ?? 1), (1...1_000_000).contains(perDay ?? 1), (1...3650).contains(days ?? 1)
      else {
        throw ValidationError("--per-minute is 1 to 1000, --per-day 1 to 1000000, --days 1 to 3650.")
      }
    }

    func run() throws {
      administer([.databaseURL]) { settings in
        let selected = try Selected(tenant, settings)
        let plan = try selected.scope.tenantDetails()?.plan ?? ""
        let allowed = APIScope.allowance(plan: plan)
        var branchID: UUID?
        if let branch {
          guard let id = try selected.scope.branchOf(slug: branch) else {
            throw Unknown(description: "the tenant has no branch \(branch)")
          }
          branchID = id
        }
        var wish = NewAPIKey(
          name: name, scopes: scope, branch: branchID, perMinute: perMinute ?? allowed.perMinute,
          perDay: perDay ?? allowed.perDay)
        wish.isTest = test
        wish.expires = days.map { .now + Double($0) * 86_400 }
        let key = APIKey.make(test: test)
        do throws(StoreError) {
          guard let id = try wish.add(key, to: selected.scope) else {
            throw .conflict(constraint: "api_keys_hash")
          }
          Keys.show(id, key, json)
        } catch {
          if case .conflict = error {
            throw Unknown(description: "a key named \"\(name)\" is in use: tistis keys rotate, or another name")
          }
          throw error
        }
      }
    }
  }

  struct Rotate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a key that takes another's place; for a while both are taken.",
      discussion: "The new one has the old one's name, scopes, limits and end. It is printed once.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "The old key's id.", transform: uuid) var id: UUID
    @Option(help: "Hours that the old one is still taken, 0 to 168.") var hours = 24
    @Flag(help: "As a JSON object.") var json = false

    func validate() throws {
      guard (0...168).contains(hours) else { throw ValidationError("--hours is 0 to 168.") }
    }

    func run() throws {
      administer([.databaseURL]) { settings in
        let selected = try Selected(tenant, settings)
        let made = try selected.database.replaceKey(id, keptFor: hours, of: selected.tenant)
        guard let made else {
          throw Unknown(
            description: "the tenant has no such key, or it is over or was rotated before: tistis keys list --all")
        }
        Keys.show(made.id, made.key, json)
      }
    }
  }

  struct Revoke: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "End a key at once.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Option(help: "The key's id.", transform: uuid) var id: UUID
    @Option(help: "Why, for who looks later.") var reason: String?
    @Flag(help: "As a JSON object.") var json = false

    func run() throws {
      administer([.databaseURL]) { settings in
        let ended = try Selected(tenant, settings).scope.revokeAPIKey(
          id: id, by: nil, reason: reason ?? "tistis keys revoke")
        guard ended else {
          throw Unknown(description: "the tenant has no such key, or it is over: tistis keys list --all")
        }
        tell("revoked", json ? ["id": .string(id.text), "status": "revoked"] : nil)
      }
    }
  }

  /// The key itself on a line of its own, for scripts; what belongs to it goes to people.
  fileprivate static func show(_ id: UUID, _ key: Secret, _ json: Bool) {
    if json {
      say(JSON.object(["id": .string(id.text), "api_key_secret": .string(key.reveal())]).text)
    } else {
      complain("key \(id.text); keep it now, it is shown only this once:")
      say(key.reveal())
    }
  }
}

extension KeysOfRow {
  fileprivate var json: JSON {
    func time(_ value: Instant?) -> JSON { value.map { .string($0.description) } ?? .null }
    return [
      "id": .string(id.text), "name": .string(name), "state": .string(state), "environment": .string(environment),
      "key_prefix": .string(keyPrefix), "key_hint": .string(keyHint), "scopes": .array(scopes.map { .string($0) }),
      "scope_type": .string(scopeType), "branch_id": branchId.map { .string($0.text) } ?? .null,
      "rate_limit_rpm": .number(rateLimitRpm), "rate_limit_daily": .number(rateLimitDaily),
      "expires_at": time(expiresAt),
      "deactivates_at": time(deactivatesAt), "revoked_at": time(revokedAt), "last_used_at": time(lastUsedAt),
      "created_at": .string(createdAt.description),
    ]
  }
}
