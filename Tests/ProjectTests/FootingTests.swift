import Flows
import TestSupport
import Testing

/// `--check-config` and `tistis doctor` look for the functions that the policies grant, no more and no fewer.
@Suite struct FootingTests {
  @Test func everyProgramIsKnown() {
    let written = Set(Programs.written + ["jobs"])
    #expect(Set(Footing.functions.keys) == written, "Flows/Footing.swift and the programs differ → add its line there")
    for program in written { #expect(Footing.role(program) == Programs.role(program)) }
  }

  @Test(arguments: Footing.functions.keys.sorted()) func itsFunctionsAreThoseGranted(_ program: String) throws {
    let granted = try Database.world.sentences(
      """
      select o.oid::regprocedure from pg_proc o where o.pronamespace = 'public'::regnamespace and o.prosecdef
        and has_function_privilege('\(Programs.role(program))', o.oid, 'execute')
      """)
    let listed = Set(Footing.functions[program] ?? [])
    #expect(Set(granted) == listed, "policies.sql and Flows/Footing.swift differ for \(program) → make them agree")
  }
}
