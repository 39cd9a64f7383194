import ArgumentParser
import Core
import Flows
import FoundationEssentials
import Store

struct Tenants: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The businesses of this installation.",
    subcommands: [List.self, Create.self, Show.self, Suspend.self, Activate.self, Budget.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List all businesses, by slug.")
    @Flag(help: "As a JSON array.") var json = false

    func run() throws {
      administer([.databaseURL]) { settings in
        let database = Connection(settings.text(.databaseURL))
        var rows = [TenantDetailsRow]()
        for tenant in try database.everyone.listTenants() {
          if let row = try database.tenant(tenant.id).tenantDetails() { rows.append(row) }
        }
        if json { return say(JSON.array(rows.map(\.json)).text) }
        for row in rows { say(row.line) }
        say("\(rows.count) in all")
      }
    }
  }

  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a business with its first branch.",
      discussion: """
        Run again with the same slug it changes nothing and says so. Then: tistis channels add, tistis keys create, and \
        its hours, services and team by REST (/api/branches, /api/services, /api/staff).

          tistis tenants create --slug clinica-sol --name "Clínica Sol" --vertical dental --city Nogales \\
            --timezone America/Hermosillo
        """)
    @Option(help: "Its name in addresses: small letters, digits, hyphens.") var slug: String
    @Option(help: "Its name for people.") var name: String
    @Option(help: "dental, restaurant, clinic, pharmacy, retail, medical, gym, beauty, veterinary, services or other.")
    var vertical = "other"
    @Option(help: "starter, essentials, growth or scale.") var plan = "starter"
    @Option(help: "Where its first branch is.") var city = "México"
    @Option(help: "Its time zone, as Postgres knows it.") var timezone = "America/Mexico_City"
    @Flag(help: "As a JSON object.") var json = false

    func validate() throws {
      let plain = slug.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }
      guard plain, (1...100).contains(slug.utf8.count), !slug.hasPrefix("-") else {
        throw ValidationError("\(slug) is no slug: small letters, digits and hyphens, not a hyphen first.")
      }
      guard !name.isEmpty, name.unicodeScalars.count <= 100 else {
        throw ValidationError("--name is 1 to 100 characters.")
      }
      let verticals = [
        "dental", "restaurant", "clinic", "pharmacy", "retail", "medical", "gym", "beauty", "veterinary", "services",
        "other",
      ]
      guard verticals.contains(vertical) else {
        throw ValidationError("\(vertical) is none of \(verticals.joined(separator: ", ")).")
      }
      guard ["starter", "essentials", "growth", "scale"].contains(plan) else {
        throw ValidationError("\(plan) is none of starter, essentials, growth, scale.")
      }
    }

    func run() throws {
      administer([.databaseURL]) { settings in
        let database = Connection(settings.text(.databaseURL))
        var made = false
        let id: UUID
        if let known = try database.everyone.listTenants().first(where: { $0.slug == slug }) {
          id = known.id
        } else {
          let fresh = UUID()
          let count = try database.transaction(tenant: fresh) { (scope) throws(StoreError) in
            let count = try scope.addTenant(
              id: fresh, name: name, slug: slug, vertical: vertical, plan: plan, timezone: timezone)
            if count > 0 { try scope.addBranch(name: name, city: city, timezone: timezone) }
            return count
          }
          guard count > 0 else {
            throw Selected.Unknown(
              description: "Postgres knows no time zone \(timezone): write one such as America/Hermosillo")
          }
          (id, made) = (fresh, true)
        }
        guard let row = try database.tenant(id).tenantDetails() else {
          throw Selected.Unknown(description: "it is gone")
        }
        say(json ? row.json.text : (made ? "made  " : "is there already  ") + row.line)
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show a business and how much there is of it.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Flag(help: "As a JSON object.") var json = false

    func run() throws {
      administer([.databaseURL]) { settings in
        guard let row = try Selected(tenant, settings).scope.tenantDetails() else { return }
        say(json ? row.json.text : row.line)
      }
    }
  }

  struct Suspend: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let nothing leave in a business's name: what comes in is kept, nothing is answered or sent.",
      discussion: "`tistis tenants activate` takes it back.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Flag(help: "As a JSON object.") var json = false

    func run() throws { try Tenants.set("suspended", tenant, json: json) }
  }

  struct Activate: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Let a suspended business be answered for again.")
    @Option(help: "The tenant's slug.") var tenant: String
    @Flag(help: "As a JSON object.") var json = false

    func run() throws { try Tenants.set("active", tenant, json: json) }
  }

  fileprivate static func set(_ status: String, _ tenant: String, json: Bool) throws {
    administer([.databaseURL]) { settings in
      let changed = try Selected(tenant, settings).scope.setTenantStatus(status: status)
      let said: JSON = ["tenant": .string(tenant), "status": .string(status), "changed": .bool(changed > 0)]
      say(json ? said.text : changed > 0 ? status : "it is \(status) already")
    }
  }
}

extension TenantDetailsRow {
  fileprivate var line: String {
    "\(id.text)  \(slug)  \(status)  \(vertical)  \(plan)  \(channels) channels  \(services) services  \(alerts) alerts  \(name)"
  }

  fileprivate var json: JSON {
    [
      "id": .string(id.text), "slug": .string(slug), "name": .string(name), "vertical": .string(vertical),
      "plan": .string(plan), "status": .string(status), "timezone": timezone.map { .string($0) } ?? .null,
      "channels": .number(channels), "services": .number(services), "alerts": .number(alerts),
      "created_at": .string(createdAt.description),
    ]
  }
}
