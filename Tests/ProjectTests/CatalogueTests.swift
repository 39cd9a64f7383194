import Store
import TestSupport
import Testing

@Suite struct CatalogueTests {
  @Test(arguments: CatalogueCheck.all) func theDatabaseHasNo(_ check: CatalogueCheck) throws {
    expectNone(try Database.world.sentences(check.faults), cure: check.cure)
  }

  /// Each check finds what it is there to find. In transactions that are never committed, for roles are the cluster's.
  @Test func everyCheckCanFail() async throws {
    try await Database.cloned { copy in
      try await onThread {
        for check in CatalogueCheck.all {
          let session = copy.connection()
          try session.script("begin; \(check.hole)")
          let faults = try session.sentences(check.faults)
          for word in check.found {
            #expect(faults.contains { $0.contains(word) }, "\"\(check.name)\" does not see \(word) → mend its query")
          }
          try session.script("rollback")
        }
      }
    }
  }

  @Test func thereIsSomethingToCheck() throws {
    #expect(try Database.world.count(tenantTables + "select count(*) from t") >= 18)
  }
}
