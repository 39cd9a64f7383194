import Core
import FoundationEssentials

/// Who asks, and what they may.
public struct Caller: Sendable {
  public enum Kind: Sendable {
    /// An integrator's key.
    case key(UUID)
    /// Somebody at the dashboard.
    case user(UUID, role: String, staff: UUID?)
  }

  public let kind: Kind
  public let tenant: UUID
  /// Sees this branch's things only.
  public let branch: UUID?
  /// What a key may do: `leads:read`. A user's rights are by role.
  let scopes: Set<String>

  /// The member of the staff who asks, if it is one.
  public var staff: UUID? { if case .user(_, _, let staff) = kind { staff } else { nil } }
  /// The user who asks, if it is one.
  public var user: UUID? { if case .user(let id, _, _) = kind { id } else { nil } }
  var role: String? { if case .user(_, let role, _) = kind { role } else { nil } }

  /// For what is counted or remembered per asker.
  var name: String {
    switch kind {
    case .key(let id): "key:" + id.text
    case .user(let id, _, _): "user:" + id.text
    }
  }
}

/// Roles of `user_roles` that may do something. `super_admin` may everything.
public struct Roles: Sendable {
  let names: [String]?

  public static let everybody = Roles(names: nil)
  public static let owners = Roles(names: ["owner", "admin"])
  public static let owner = Roles(names: ["owner"])
  public static let managers = Roles(names: ["owner", "admin", "manager"])
  /// Who talks with customers.
  public static let talkers = Roles(names: [
    "owner", "admin", "manager", "dentist", "specialist", "receptionist", "staff",
  ])

  func allow(_ role: String) -> Bool { role == "super_admin" || names?.contains(role) ?? true }
}

/// Who may call a route.
public enum Access: Sendable {
  /// Anybody, without credentials.
  case open
  /// Keys with this scope; users of these roles. `scope` nil: no key at all.
  case granted(scope: String?, Roles)
}
