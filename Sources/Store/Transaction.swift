import CPQ
import FoundationEssentials

/// Several statements that stand or fall together. One statement needs none of this: it is a transaction by itself.
extension Connection {
  /// Commits what `body` did, or nothing if it throws. Only the scope it is given may be used inside.
  /// - Parameter tenant: set for the whole transaction; nil: no tenant.
  public func transaction<T>(
    tenant: UUID?, _ body: (Scope) throws(StoreError) -> T
  ) throws(StoreError) -> T {
    try refuseInsideTransaction()
    var opening = [Command(sql: "begin")]
    if let tenant { opening.append(Scope.setTenant(tenant)) }
    do {
      _ = try perform(opening, timed: false)
    } catch {
      drop()
      throw error
    }
    transactionsSeen += 1
    transactionOpen = transactionsSeen
    defer { transactionOpen = nil }

    let value: T
    do {
      value = try body(Scope(connection: self, kind: .inside(transactionsSeen)))
    } catch {
      rollBack()
      throw error
    }
    let end: Rows
    do {
      end = try perform([Command(sql: "commit")], timed: false)
    } catch {
      rollBack()
      throw error
    }
    // Postgres answers a COMMIT after a failed statement by rolling back, without an error.
    guard end.tag == "COMMIT" else {
      throw .rejected(sqlstate: "25P02", message: "rolled back: a statement in the transaction had failed")
    }
    return value
  }

  /// If it cannot be said, ending the session says it.
  private func rollBack() {
    guard let link, PQtransactionStatus(link) != PQTRANS_IDLE else { return }
    do { _ = try perform([Command(sql: "rollback")], timed: false) } catch { drop() }
  }

  func refuseInsideTransaction() throws(StoreError) {
    if transactionOpen != nil {
      throw .rejected(sqlstate: "25001", message: "a transaction is open: use the scope that it was given")
    }
  }
}
